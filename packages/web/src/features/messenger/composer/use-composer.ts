/** The logic of the field to write in: draft, files, voice note, and what may be sent when. */
import type { SendInput } from '@carillon/client';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { draftState } from '../../../ui/draft-rules.ts';
import type { Attachment } from '../files/attachment.ts';
import { useMessenger } from '../messenger.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { UploadTray } from './upload-tray.ts';
import { useRecorder } from './use-recorder.ts';

export interface ComposerInput {
  readonly conversationId: string;
  readonly onSend: (input: SendInput) => string;
  readonly onTyping: (isTyping: boolean) => void;
}

export type ComposerModel = ReturnType<typeof useComposer>;

export function useComposer({ conversationId, onSend, onTyping }: ComposerInput) {
  const { t } = useMessengerText();
  const { drafts, uploads } = useMessenger();
  const [draft, setDraft] = useState(() => drafts.get(conversationId));
  const [isFull, setFull] = useState(false);
  const [tray] = useState(() => new UploadTray(uploads, conversationId));
  const items = useSyncExternalStore(tray.subscribe, tray.getSnapshot);
  const recorder = useRecorder((voice) => tray.add([voice]));
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => () => tray.close(), [tray]);

  const { canSend, excess } = draftState(draft);
  const isEmpty = draft.trim() === '' && items.length === 0;
  const isReady = items.every(({ state }) => state === 'ready');
  const maySend = excess === 0 && isReady && (canSend || items.length > 0);

  const write = (text: string): void => {
    setDraft(text);
    drafts.set(conversationId, text);
    onTyping(text !== '');
  };

  const send = (): void => {
    field.current?.focus();
    if (!maySend) return;
    try {
      for (const message of messagesOf(draft.trim(), tray.takeReady())) onSend(message);
    } catch {
      // The only refusal here: the offline queue takes no more.
      setFull(true);
      return;
    }
    setFull(false);
    write('');
  };

  const problem = isFull ? t('compose.full') : undefined;
  return {
    draft,
    write,
    send,
    maySend,
    isTooLong: excess > 0,
    /** A microphone stands where there is nothing to send. */
    mayRecord: recorder.isSupported && isEmpty,
    problem: recorder.state.status === 'denied' ? t('voice.denied') : problem,
    tray,
    recorder,
    field,
    addFiles: (files: readonly File[]) => tray.add(files.map((file) => ({ file }))),
  };
}

/** One message per file; the text goes with the first, or alone. */
function messagesOf(text: string, files: readonly Attachment[]): readonly SendInput[] {
  if (files.length === 0) return [{ content: text }];
  return files.map(({ id, kind }, index) => ({
    content: index === 0 ? text : '',
    kind,
    attributes: { upload_id: id },
  }));
}
