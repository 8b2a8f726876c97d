/** The field to write in: Enter sends, Shift+Enter breaks the line; the focus stays in it. */
import { useId, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { isSendKey } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';

export interface ChatComposerProps {
  readonly initial: string;
  readonly onChange: (draft: string) => void;
  readonly onSend: (content: string) => void;
  /** False while nothing can be sent yet: what is typed stays. */
  readonly isReady: boolean;
}

export function ChatComposer({ initial, onChange, onSend, isReady }: ChatComposerProps) {
  const { t } = useTexts();
  const [draft, setDraft] = useState(initial);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const change = (text: string): void => {
    setDraft(text);
    onChange(text);
  };
  const send = (): void => {
    field.current?.focus();
    if (!isReady || draft.trim() === '') return;
    onSend(draft.trim());
    change('');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key, shiftKey, nativeEvent } = event;
    const { isComposing, keyCode } = nativeEvent;
    if (!isSendKey({ key, shiftKey, isComposing, keyCode })) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className="carillon-composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label className="carillon-hidden" htmlFor={id}>
        {t('chat.compose')}
      </label>
      <textarea
        id={id}
        ref={field}
        className="carillon-composer-field"
        rows={1}
        value={draft}
        placeholder={t('chat.placeholder')}
        onChange={(event) => change(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" className="carillon-button" data-kind="main">
        {t('chat.send')}
      </button>
    </form>
  );
}
