/** The field to write in, with what goes along: files, pictures, a voice note. It keeps draft and focus, whatever the connection does. */
import type { SendInput } from '@carillon/client';
import { useEffect, useRef, useState } from 'react';
import type { ClipboardEvent, KeyboardEvent, SyntheticEvent } from 'react';
import { draftState, isSendKey } from '../../../ui/draft-rules.ts';
import { MicrophoneIcon, PaperclipIcon, SendIcon } from '../../../ui/icons.tsx';
import { useMessenger } from '../messenger.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { AttachmentTray } from './attachment-tray.tsx';
import { ComposerNote } from './composer-note.tsx';
import { useAttachments } from './use-attachments.ts';
import { useDropTarget } from './use-drop-target.ts';
import { useRecorder } from './use-recorder.ts';
import { VoiceBar } from './voice-bar.tsx';

interface ComposerProps {
  readonly conversationId: string;
  readonly onSend: (input: SendInput) => string;
  readonly onTyping: (isTyping: boolean) => void;
}

export function Composer({ conversationId, onSend, onTyping }: ComposerProps) {
  const { t } = useMessengerText();
  const { drafts } = useMessenger();
  const [draft, setDraft] = useState(() => drafts.get(conversationId));
  const [problem, setProblem] = useState<string>();
  const input = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const attachments = useAttachments(conversationId);
  const recorder = useRecorder((voice) => attachments.add([voice]));
  const isDropping = useDropTarget(attachments.addFiles);
  const { canSend, excess } = draftState(draft);
  const isReady = attachments.items.every(({ state }) => state === 'ready');
  const maySend = excess === 0 && isReady && (canSend || attachments.items.length > 0);

  useEffect(() => {
    // On a phone this would open the keyboard over what one came to read.
    if (matchMedia('(pointer: fine)').matches) input.current?.focus();
  }, []);

  const write = (text: string): void => {
    setDraft(text);
    drafts.set(conversationId, text);
    onTyping(text !== '');
  };

  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    input.current?.focus();
    if (!maySend) return;
    try {
      for (const message of messagesOf(draft.trim(), attachments.takeReady())) onSend(message);
    } catch {
      // The only refusal here: the offline queue takes no more.
      setProblem(t('compose.full'));
      return;
    }
    setProblem(undefined);
    write('');
  };

  const handleKey = (event: KeyboardEvent): void => {
    const { key, shiftKey, keyCode } = event;
    const { isComposing } = event.nativeEvent;
    if (isSendKey({ key, shiftKey, keyCode, isComposing })) send(event);
  };

  const handlePaste = ({ clipboardData, preventDefault }: PasteLike): void => {
    const files = [...clipboardData.files];
    if (files.length === 0) return;
    preventDefault();
    attachments.addFiles(files);
  };

  return (
    <form className={`composer${isDropping ? ' dropping' : ''}`} onSubmit={send}>
      <AttachmentTray attachments={attachments} />
      {isDropping && <p className="drop-note">{t('compose.drop')}</p>}
      {recorder.state.status === 'recording' ? (
        <VoiceBar recorder={recorder} />
      ) : (
        <div className="composer-row">
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            onChange={({ target }) => {
              attachments.addFiles([...(target.files ?? [])]);
              target.value = '';
            }}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={t('compose.attach')}
            title={t('compose.attach')}
            onClick={() => picker.current?.click()}
          >
            <PaperclipIcon />
          </button>
          <textarea
            ref={input}
            rows={1}
            value={draft}
            aria-label={t('compose.label')}
            aria-invalid={excess > 0}
            enterKeyHint="send"
            placeholder={t('compose.placeholder')}
            onChange={({ target }) => write(target.value)}
            onKeyDown={handleKey}
            onPaste={(event: ClipboardEvent) =>
              handlePaste({
                clipboardData: event.clipboardData,
                preventDefault: () => event.preventDefault(),
              })
            }
          />
          {recorder.isSupported && draft.trim() === '' && attachments.items.length === 0 ? (
            <button
              type="button"
              className="icon-button"
              aria-label={t('voice.record')}
              title={t('voice.record')}
              onClick={() => void recorder.start()}
            >
              <MicrophoneIcon />
            </button>
          ) : (
            <button
              type="submit"
              className="button send"
              aria-label={t('compose.send')}
              disabled={!maySend}
            >
              <SendIcon />
            </button>
          )}
        </div>
      )}
      <ComposerNote
        draft={draft}
        problem={recorder.state.status === 'denied' ? t('voice.denied') : problem}
      />
    </form>
  );
}

interface PasteLike {
  readonly clipboardData: DataTransfer;
  readonly preventDefault: () => void;
}

/** One message per file; the text goes with the first, or alone. */
function messagesOf(
  text: string,
  files: readonly { readonly id: string; readonly kind: string }[],
): readonly SendInput[] {
  if (files.length === 0) return [{ content: text }];
  return files.map(({ id, kind }, index) => ({
    content: index === 0 ? text : '',
    kind,
    attributes: { upload_id: id },
  }));
}
