/** What a message says: its file, if it has one, and its text. */
import { attachmentOf, uploadIdOf } from '../files/attachment.ts';
import { MessageFile } from '../files/message-file.tsx';
import { useMessenger } from '../messenger.ts';
import { LinkedText } from './linked-text.tsx';

interface MessageBodyProps {
  readonly message: { readonly content: string; readonly attributes?: unknown };
}

export function MessageBody({ message }: MessageBodyProps) {
  const { uploads } = useMessenger();
  const { content, attributes } = message;
  const uploadId = uploadIdOf(attributes);
  const file =
    attachmentOf(attributes) ?? (uploadId === undefined ? undefined : uploads.localFile(uploadId));
  return (
    <>
      {file !== undefined && (
        <div className="attachment">
          <MessageFile file={file} />
        </div>
      )}
      {content !== '' && (
        <p className="bubble">
          <LinkedText text={content} />
        </p>
      )}
    </>
  );
}
