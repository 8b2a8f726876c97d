/** One person gets a notification, which is kept, or an event, which only reaches open connections. */
import { useId, useState } from 'react';
import { parseObject } from '../../../session/json-fields.ts';
import { TextField } from '../../../ui/text-field.tsx';
import { Dialog } from '../shell/dialog.tsx';
import { useConsole } from '../shell/use-console.ts';
import type { Order } from '../shell/use-order.ts';
import { useConsoleTexts } from '../use-console-texts.ts';

export interface UserDialogProps {
  readonly user: string;
  readonly order: Order;
  readonly onClose: () => void;
}

const EVENT = '{ "type": "hello" }';

export function SendDialog({ user, order, onClose }: UserDialogProps) {
  const { t } = useConsoleTexts();
  const { call } = useConsole();
  const id = useId();
  const [kind, setKind] = useState<'notification' | 'event'>('notification');
  const [title, setTitle] = useState('');
  const [content, setContent] = useState('');
  const [event, setEvent] = useState(EVENT);
  const parsed = parseObject(event);
  const isReady = kind === 'notification' ? title.trim() !== '' : parsed !== undefined;
  const send = (): void => {
    if (!isReady) return;
    onClose();
    const done = t('send.done', { user });
    if (kind === 'event')
      void order(call('users.event', { user_id: user, event: { ...parsed } }), done);
    else void order(call('notify', { users: [user], title, content }), done);
  };
  return (
    <Dialog
      title={t('send.title', { user })}
      confirm={t('send.confirm')}
      isBusy={!isReady}
      onConfirm={send}
      onClose={onClose}
    >
      <fieldset className="co-choice">
        <legend className="visually-hidden">{t('send.what')}</legend>
        {(['notification', 'event'] as const).map((each) => (
          <label key={each}>
            <input
              type="radio"
              name={`${id}-kind`}
              checked={kind === each}
              onChange={() => setKind(each)}
            />
            {t(`send.${each}`)}
          </label>
        ))}
      </fieldset>
      {kind === 'notification' ? (
        <NotificationFields
          title={title}
          content={content}
          onTitle={setTitle}
          onContent={setContent}
        />
      ) : (
        <EventField event={event} isJson={parsed !== undefined} onEvent={setEvent} />
      )}
    </Dialog>
  );
}

interface NotificationFieldsProps {
  readonly title: string;
  readonly content: string;
  readonly onTitle: (title: string) => void;
  readonly onContent: (content: string) => void;
}

function NotificationFields({ title, content, onTitle, onContent }: NotificationFieldsProps) {
  const { t } = useConsoleTexts();
  const id = useId();
  return (
    <>
      <TextField label={t('notify.titleField')} name="title" value={title} onChange={onTitle} />
      <div className="field">
        <label htmlFor={id}>{t('notify.content')}</label>
        <textarea
          id={id}
          rows={3}
          value={content}
          onChange={({ target }) => onContent(target.value)}
        />
      </div>
    </>
  );
}

interface EventFieldProps {
  readonly event: string;
  readonly isJson: boolean;
  readonly onEvent: (event: string) => void;
}

function EventField({ event, isJson, onEvent }: EventFieldProps) {
  const { t } = useConsoleTexts();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{t('send.json')}</label>
      <textarea
        id={id}
        className="co-code"
        rows={4}
        value={event}
        spellCheck={false}
        aria-invalid={!isJson}
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => onEvent(target.value)}
      />
      <p id={`${id}-hint`} className={isJson ? 'hint' : 'problem'}>
        {t(isJson ? 'send.jsonHint' : 'send.noJson')}
      </p>
    </div>
  );
}
