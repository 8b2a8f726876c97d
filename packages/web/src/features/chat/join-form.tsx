/** The form to come in: a name, a room, and under "more" a token where the server wants one. */
import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { useText } from '../../i18n/use-text.ts';
import type { Arrival } from './arrival.ts';
import { isValidName } from '../../ui/draft-rules.ts';
import { TextField } from '../../ui/text-field.tsx';

interface JoinFormProps {
  readonly wish: Arrival;
  readonly wantsToken: boolean;
  readonly onJoin: (wish: Arrival) => Promise<void>;
}

export function JoinForm({ wish, wantsToken, onJoin }: JoinFormProps) {
  const { t } = useText();
  const [draft, setDraft] = useState(wish);
  const [wasSubmitted, setSubmitted] = useState(false);
  const [isJoining, setJoining] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const isNameOk = isValidName(draft.name) || draft.token !== '';
  const isRoomOk = isValidName(draft.room);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setSubmitted(true);
    if (!isNameOk || !isRoomOk) {
      form.current
        ?.querySelector<HTMLInputElement>(isNameOk ? '[name=room]' : '[name=name]')
        ?.focus();
      return;
    }
    setJoining(true);
    const trimmed = { name: draft.name.trim(), room: draft.room.trim(), token: draft.token.trim() };
    void onJoin(trimmed).finally(() => setJoining(false));
  };

  return (
    <form ref={form} onSubmit={submit} noValidate>
      <TextField
        label={t('join.name')}
        name="name"
        value={draft.name}
        problem={wasSubmitted && !isNameOk ? t('join.error.name') : undefined}
        autoFocus
        onChange={(name) => setDraft({ ...draft, name })}
      />
      <TextField
        label={t('join.room')}
        name="room"
        value={draft.room}
        problem={wasSubmitted && !isRoomOk ? t('join.error.room') : undefined}
        onChange={(room) => setDraft({ ...draft, room })}
      />
      <details open={draft.token !== '' || wantsToken}>
        <summary>{t('join.more')}</summary>
        <TextField
          label={t('join.token')}
          name="token"
          value={draft.token}
          hint={t('join.tokenHint')}
          onChange={(token) => setDraft({ ...draft, token })}
        />
      </details>
      <button type="submit" className="button" disabled={isJoining}>
        {t(isJoining ? 'state.connecting' : 'join.connect')}
      </button>
    </form>
  );
}
