/** In the place of the field while a voice note is recorded: how long it is, keep it or not. */
import { useEffect, useRef } from 'react';
import { CloseIcon, SendIcon } from '../../../ui/icons.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { durationText } from '../files/attachment.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import type { Recorder } from './use-recorder.ts';

export function VoiceBar({ recorder }: { recorder: Recorder }) {
  const { t } = useMessengerText();
  const now = useNow(true);
  const finish = useRef<HTMLButtonElement>(null);
  useEffect(() => finish.current?.focus(), []);
  const { state } = recorder;
  const elapsedMs = state.status === 'recording' ? now - state.sinceMs : 0;
  return (
    <div
      className="composer-row recording"
      onKeyDown={({ key }) => {
        if (key === 'Escape') recorder.cancel();
      }}
    >
      <button
        type="button"
        className="icon-button"
        aria-label={t('voice.cancel')}
        title={t('voice.cancel')}
        onClick={recorder.cancel}
      >
        <CloseIcon />
      </button>
      <span className="recording-dot" aria-hidden="true" />
      <span role="status">{t('voice.recording')}</span>
      <span className="recording-time" aria-hidden="true">
        {durationText(elapsedMs)}
      </span>
      <button
        ref={finish}
        type="button"
        className="button send"
        aria-label={t('voice.stop')}
        title={t('voice.stop')}
        onClick={recorder.finish}
      >
        <SendIcon />
      </button>
    </div>
  );
}
