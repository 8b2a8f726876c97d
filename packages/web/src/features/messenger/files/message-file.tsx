/** A picture, a voice note or any other file in a message. */
import { DownloadIcon, FileIcon } from '../../../ui/icons.tsx';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import type { Attachment } from './attachment.ts';
import { shownSize, sizeText } from './attachment.ts';
import { useFileUrl } from './use-file-url.ts';
import { VoicePlayer } from './voice-player.tsx';

export function MessageFile({ file }: { file: Attachment }) {
  switch (file.kind) {
    case 'image':
      return <Picture file={file} />;
    case 'voice':
      return <VoicePlayer file={file} />;
    case 'file':
      return <FileLink file={file} />;
  }
}

function Picture({ file }: { file: Attachment }) {
  const { t } = useMessengerText();
  const link = useFileUrl(file.id);
  const { width, height } = shownSize(file);
  const style = { width, aspectRatio: `${width} / ${height}` };
  if (link.status !== 'ready') {
    return (
      <span className="picture" style={style}>
        {link.status === 'unavailable' && t('upload.unavailable')}
      </span>
    );
  }
  const { url } = link;
  return (
    <a className="picture" style={style} href={url} target="_blank" rel="noopener noreferrer">
      <img src={url} alt={t('upload.open', { name: file.name })} width={width} height={height} />
    </a>
  );
}

function FileLink({ file }: { file: Attachment }) {
  const { t, region } = useMessengerText();
  const link = useFileUrl(file.id);
  return (
    <a
      className="file-link"
      aria-label={t('upload.download', { name: file.name })}
      {...(link.status === 'ready' ? { href: link.url, download: file.name } : {})}
    >
      <FileIcon />
      <span className="file-name">
        <span>{file.name}</span>
        <span className="file-size">
          {link.status === 'unavailable' ? t('upload.unavailable') : sizeText(file.size, region)}
        </span>
      </span>
      <DownloadIcon />
    </a>
  );
}
