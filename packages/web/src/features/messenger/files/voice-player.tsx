/** Plays a voice note: one button, how far it is, how long it takes. */
import { useRef, useState } from 'react';
import { PauseIcon, PlayIcon } from '../../../ui/icons.tsx';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import type { Attachment } from './attachment.ts';
import { durationText } from './attachment.ts';
import { useFileUrl } from './use-file-url.ts';

export function VoicePlayer({ file }: { file: Attachment }) {
  const { t } = useMessengerText();
  const link = useFileUrl(file.id);
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [playedMs, setPlayedMs] = useState(0);
  const durationMs = file.durationMs ?? 0;
  const share = durationMs === 0 ? 0 : Math.min(1, playedMs / durationMs);
  const toggle = (): void => {
    const element = audio.current;
    if (element === null) return;
    // A refusal to play leaves the button as it is: there is nothing more to tell.
    if (element.paused) element.play().catch(() => setPlaying(false));
    else element.pause();
  };
  return (
    <span className="voice">
      <button
        type="button"
        className="voice-button"
        disabled={link.status !== 'ready'}
        aria-label={t(isPlaying ? 'voice.pause' : 'voice.play')}
        onClick={toggle}
      >
        {isPlaying ? <PauseIcon /> : <PlayIcon />}
      </button>
      <span className="voice-track" aria-hidden="true">
        <span className="voice-fill" style={{ transform: `scaleX(${share})` }} />
      </span>
      <span className="voice-time">
        {link.status === 'unavailable'
          ? t('upload.unavailable')
          : durationText(playedMs > 0 ? playedMs : durationMs)}
      </span>
      {link.status === 'ready' && (
        <audio
          ref={audio}
          src={link.url}
          preload="metadata"
          onPlay={() => setPlaying(true)}
          onPause={() => setPlaying(false)}
          onEnded={() => setPlayedMs(0)}
          onTimeUpdate={({ currentTarget }) => setPlayedMs(currentTarget.currentTime * 1000)}
        />
      )}
    </span>
  );
}
