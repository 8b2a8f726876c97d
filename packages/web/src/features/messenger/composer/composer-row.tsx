/** The row with the field: files before it, send or record behind it. */
import { isSendKey } from '@carillon/client/ui';
import { useRef } from 'react';
import type { ClipboardEvent, KeyboardEvent } from 'react';
import { MicrophoneIcon, PaperclipIcon, SendIcon } from '../../../ui/icons.tsx';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import type { ComposerModel } from './use-composer.ts';

export function ComposerRow({ model }: { model: ComposerModel }) {
  const { t } = useMessengerText();
  return (
    <div className="composer-row">
      <FilePicker onFiles={model.addFiles} />
      <textarea
        ref={model.field}
        rows={1}
        value={model.draft}
        aria-label={t('compose.label')}
        aria-invalid={model.isTooLong}
        enterKeyHint="send"
        placeholder={t('compose.placeholder')}
        onChange={({ target }) => model.write(target.value)}
        onKeyDown={(event: KeyboardEvent) => {
          const { key, shiftKey, keyCode, nativeEvent } = event;
          if (!isSendKey({ key, shiftKey, keyCode, isComposing: nativeEvent.isComposing })) return;
          event.preventDefault();
          model.send();
        }}
        onPaste={(event: ClipboardEvent) => {
          const files = [...event.clipboardData.files];
          if (files.length === 0) return;
          event.preventDefault();
          model.addFiles(files);
        }}
      />
      {model.mayRecord ? (
        <button
          type="button"
          className="icon-button"
          aria-label={t('voice.record')}
          title={t('voice.record')}
          onClick={() => void model.recorder.start()}
        >
          <MicrophoneIcon />
        </button>
      ) : (
        <button
          type="submit"
          className="button send"
          aria-label={t('compose.send')}
          disabled={!model.maySend}
        >
          <SendIcon />
        </button>
      )}
    </div>
  );
}

function FilePicker({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const { t } = useMessengerText();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          target.value = '';
        }}
      />
      <button
        type="button"
        className="icon-button"
        aria-label={t('compose.attach')}
        title={t('compose.attach')}
        onClick={() => input.current?.click()}
      >
        <PaperclipIcon />
      </button>
    </>
  );
}
