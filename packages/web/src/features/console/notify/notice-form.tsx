/** What is to be said, and to whom. */
import { useId } from 'react';
import type { FormEvent } from 'react';
import { TextField } from '../../../ui/text-field.tsx';
import { useConsoleTexts } from '../use-console-texts.ts';
import type { Draft } from './notice.ts';

const AUDIENCES = ['users', 'online', 'everybody'] as const;
const TYPES = ['info', 'success', 'warning', 'error'] as const;

interface NoticeFormProps {
  readonly draft: Draft;
  readonly problem: 'title' | 'users' | undefined;
  readonly onDraft: (draft: Draft) => void;
  readonly onSubmit: (event: FormEvent) => void;
}

export function NoticeForm({ draft, problem, onDraft, onSubmit }: NoticeFormProps) {
  const { t } = useConsoleTexts();
  const id = useId();
  return (
    <form className="co-form" onSubmit={onSubmit} noValidate>
      <AudienceChoice draft={draft} onDraft={onDraft} />
      {draft.audience === 'users' && (
        <TextField
          label={t('notify.names')}
          name="users"
          value={draft.users}
          hint={t('notify.namesHint')}
          problem={problem === 'users' ? t('notify.problem.users') : undefined}
          onChange={(users) => onDraft({ ...draft, users })}
        />
      )}
      <TextField
        label={t('notify.titleField')}
        name="title"
        value={draft.title}
        problem={problem === 'title' ? t('notify.problem.title') : undefined}
        onChange={(title) => onDraft({ ...draft, title })}
      />
      <div className="field">
        <label htmlFor={`${id}-content`}>{t('notify.content')}</label>
        <textarea
          id={`${id}-content`}
          rows={4}
          value={draft.content}
          onChange={({ target }) => onDraft({ ...draft, content: target.value })}
        />
      </div>
      <TypeAndLink draft={draft} onDraft={onDraft} />
      <div className="co-actions">
        <button type="submit" className="button">
          {t('notify.send')}
        </button>
      </div>
    </form>
  );
}

type PartProps = Pick<NoticeFormProps, 'draft' | 'onDraft'>;

function AudienceChoice({ draft, onDraft }: PartProps) {
  const { t } = useConsoleTexts();
  const id = useId();
  return (
    <fieldset className="co-choice">
      <legend>{t('notify.audience')}</legend>
      {AUDIENCES.map((audience) => (
        <label key={audience}>
          <input
            type="radio"
            name={`${id}-audience`}
            checked={draft.audience === audience}
            onChange={() => onDraft({ ...draft, audience })}
          />
          {t(`notify.${audience}`)}
        </label>
      ))}
    </fieldset>
  );
}

function TypeAndLink({ draft, onDraft }: PartProps) {
  const { t } = useConsoleTexts();
  const id = useId();
  return (
    <div className="co-pair">
      <div className="field">
        <label htmlFor={`${id}-type`}>{t('notify.type')}</label>
        <select
          id={`${id}-type`}
          className="co-select"
          value={draft.type}
          onChange={({ target }) => onDraft({ ...draft, type: target.value })}
        >
          {TYPES.map((type) => (
            <option key={type} value={type}>
              {t(`notify.type.${type}`)}
            </option>
          ))}
        </select>
      </div>
      <TextField
        label={t('notify.link')}
        name="link"
        value={draft.link}
        hint={t('notify.linkHint')}
        onChange={(link) => onDraft({ ...draft, link })}
      />
    </div>
  );
}
