/** The dialog that starts a conversation: with one person, or with several under a title. */
import { useEffect, useId, useRef, useState } from 'react';
import type { SyntheticEvent } from 'react';
import { TextField } from '../../../ui/text-field.tsx';
import { useMessenger } from '../messenger.ts';
import { goTo } from '../shell/route.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { namesIn } from './list-rules.ts';

type Kind = 'direct' | 'group';
const KINDS: readonly Kind[] = ['direct', 'group'];

interface NewConversationProps {
  readonly onClose: () => void;
}

export function NewConversation({ onClose }: NewConversationProps) {
  const { t } = useMessengerText();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={({ target, currentTarget }) => {
        if (target === currentTarget) onClose();
      }}
    >
      <div className="dialog-body">
        <h2 id={titleId}>{t('new.title')}</h2>
        <NewConversationForm onClose={onClose} />
      </div>
    </dialog>
  );
}

function NewConversationForm({ onClose }: NewConversationProps) {
  const { t } = useMessengerText();
  const { chat, user } = useMessenger();
  const [kind, setKind] = useState<Kind>('direct');
  const [people, setPeople] = useState('');
  const [title, setTitle] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  const submit = async (): Promise<void> => {
    const names = namesIn(people).filter((name) => name !== user);
    const found = problemWith(names);
    setProblem(found);
    if (found !== undefined) return;
    setBusy(true);
    try {
      const created = await chat.create({
        kind,
        members: names,
        ...(kind === 'group' && title.trim() !== '' ? { title: title.trim() } : {}),
      });
      onClose();
      goTo(created.id);
    } catch (error) {
      setProblem(t('new.failed', { message: error instanceof Error ? error.message : '' }));
      setBusy(false);
    }
  };

  const problemWith = (names: readonly string[]): string | undefined => {
    if (kind === 'group') return names.length === 0 ? t('new.problem.people') : undefined;
    if (names.length === 1) return undefined;
    return people.trim() === user ? t('new.problem.self') : t('new.problem.person');
  };

  return (
    <form
      noValidate
      onSubmit={(event: SyntheticEvent) => {
        event.preventDefault();
        void submit();
      }}
    >
      <KindChoice kind={kind} onChange={setKind} />
      {kind === 'group' && (
        <TextField
          label={`${t('new.groupTitle')} (${t('new.optional')})`}
          name="title"
          value={title}
          onChange={setTitle}
        />
      )}
      <TextField
        key={kind}
        label={t(kind === 'direct' ? 'new.person' : 'new.people')}
        name="people"
        value={people}
        hint={t('new.personHint')}
        problem={problem}
        autoFocus
        onChange={setPeople}
      />
      <div className="dialog-buttons">
        <button type="button" className="button quiet" onClick={onClose}>
          {t('new.cancel')}
        </button>
        <button type="submit" className="button" disabled={isBusy}>
          {t('new.create')}
        </button>
      </div>
    </form>
  );
}

function KindChoice({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  const { t } = useMessengerText();
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">{t('new.kind')}</legend>
      {KINDS.map((each) => (
        <label key={each} className={each === kind ? 'chosen' : ''}>
          <input
            type="radio"
            name="kind"
            className="visually-hidden"
            checked={each === kind}
            onChange={() => onChange(each)}
          />
          {t(`new.${each}`)}
        </label>
      ))}
    </fieldset>
  );
}
