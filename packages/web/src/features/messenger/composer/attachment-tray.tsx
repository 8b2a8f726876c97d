/** The files that go along with the next message: progress, cancel, retry. */
import { useSyncExternalStore } from 'react';
import { CloseIcon, FileIcon, MicrophoneIcon, RetryIcon } from '../../../ui/icons.tsx';
import { durationText, sizeText } from '../files/attachment.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import type { TrayItem, UploadTray } from './upload-tray.ts';

export function AttachmentTray({ tray }: { tray: UploadTray }) {
  const items = useSyncExternalStore(tray.subscribe, tray.getSnapshot);
  if (items.length === 0) return null;
  return (
    <ul className="tray">
      {items.map((item) => (
        <TrayRow
          key={item.key}
          item={item}
          onRetry={() => tray.retry(item.key)}
          onRemove={() => tray.remove(item.key)}
        />
      ))}
    </ul>
  );
}

interface TrayRowProps {
  readonly item: TrayItem;
  readonly onRetry: () => void;
  readonly onRemove: () => void;
}

function TrayRow({ item, onRetry, onRemove }: TrayRowProps) {
  const { t, region } = useMessengerText();
  const { file, state, progress, previewUrl, durationMs, error } = item;
  const percent = Math.round(progress * 100);
  const detail = durationMs === undefined ? sizeText(file.size, region) : durationText(durationMs);
  return (
    <li className={`tray-item ${state}`}>
      {previewUrl === undefined ? (
        <span className="tray-icon">
          {durationMs === undefined ? <FileIcon /> : <MicrophoneIcon />}
        </span>
      ) : (
        <img className="tray-preview" src={previewUrl} alt="" />
      )}
      <span className="tray-text">
        <span className="tray-name">{durationMs === undefined ? file.name : t('kind.voice')}</span>
        <span className="quiet-text" role={state === 'failed' ? 'alert' : undefined}>
          {state === 'failed' ? `${t('upload.failed')}: ${error ?? ''}` : detail}
          {state === 'ready' && ` · ${t('upload.ready')}`}
        </span>
        {state === 'uploading' && (
          <span
            className="tray-track"
            role="progressbar"
            aria-label={t('upload.progress', { name: file.name })}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={percent}
          >
            <span style={{ transform: `scaleX(${progress})` }} />
          </span>
        )}
      </span>
      {state === 'failed' && (
        <button
          type="button"
          className="icon-button"
          aria-label={t('upload.retry', { name: file.name })}
          onClick={onRetry}
        >
          <RetryIcon />
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label={t(state === 'uploading' ? 'upload.cancel' : 'upload.remove', {
          name: file.name,
        })}
        onClick={onRemove}
      >
        <CloseIcon size={18} />
      </button>
    </li>
  );
}
