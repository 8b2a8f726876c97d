/** The field to write in. It keeps its draft and its focus, whatever the connection does. */
import { isSendKey } from '@carillon/client/ui';
import { useEffect, useId, useRef, useState } from 'react';
import type { KeyboardEvent, SyntheticEvent } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { SendIcon } from '../../ui/icons.tsx';
import { PrivateReader } from './private-reader.tsx';
import { draftState, MAX_MESSAGE_LENGTH } from '../../ui/draft-rules.ts';

interface ComposerProps {
  /** The one person a private message goes to. */
  readonly reader: string | undefined;
  readonly onReaderChange: (reader: string | undefined) => void;
  readonly onSend: (text: string) => void;
}

export function Composer({ reader, onReaderChange, onSend }: ComposerProps) {
  const { t } = useText();
  const [draft, setDraft] = useState('');
  const input = useRef<HTMLTextAreaElement>(null);
  const noteId = useId();
  const { canSend, excess } = draftState(draft);

  useEffect(() => input.current?.focus(), [reader]);

  const placeholder =
    reader === undefined
      ? t('compose.placeholder')
      : t('compose.placeholderPrivate', { name: reader });

  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (canSend) {
      onSend(draft.trim());
      setDraft('');
    }
    input.current?.focus();
  };

  const handleKey = (event: KeyboardEvent): void => {
    if (isSendKey({ ...keyOf(event), isComposing: event.nativeEvent.isComposing })) {
      send(event);
    } else if (event.key === 'Escape' && !event.nativeEvent.isComposing) {
      onReaderChange(undefined);
    }
  };

  return (
    <form className={`composer${reader === undefined ? '' : ' private'}`} onSubmit={send}>
      {reader !== undefined && (
        <PrivateReader reader={reader} onCancel={() => onReaderChange(undefined)} />
      )}
      <div className="composer-row">
        <textarea
          ref={input}
          rows={1}
          value={draft}
          aria-label={t('compose.label')}
          aria-describedby={noteId}
          aria-invalid={excess > 0}
          enterKeyHint="send"
          placeholder={placeholder}
          onChange={({ target }) => setDraft(target.value)}
          onKeyDown={handleKey}
        />
        <button
          type="submit"
          className="button send"
          aria-label={t('compose.send')}
          disabled={!canSend}
        >
          <SendIcon />
        </button>
      </div>
      <ComposerNote id={noteId} draft={draft} />
    </form>
  );
}

const keyOf = ({ key, shiftKey, keyCode }: KeyboardEvent) => ({ key, shiftKey, keyCode });

/** How to send; near the limit, how much room is left. */
function ComposerNote({ id, draft }: { id: string; draft: string }) {
  const { t } = useText();
  const { length, showsCounter, excess } = draftState(draft);
  return (
    <p
      id={id}
      className={`composer-note${showsCounter ? ' counter' : ''}${excess > 0 ? ' problem' : ''}`}
    >
      {showsCounter
        ? t('compose.count', { n: length, max: MAX_MESSAGE_LENGTH })
        : t('compose.hint')}
      {excess > 0 && ` · ${t('compose.tooLong', { n: excess })}`}
    </p>
  );
}
