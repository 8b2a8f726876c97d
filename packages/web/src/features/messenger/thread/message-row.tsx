/** One message: mine on the right, others' on the left; always with a name and a time for those who do not see sides. */
import type { ConversationState } from '@carillon/client';
import { Avatar } from '../../../ui/avatar.tsx';
import { ClockTime } from '../../../ui/clock-time.tsx';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { MessageBody } from './message-body.tsx';
import { ReadMark } from './read-mark.tsx';
import type { MessageRowModel } from './rows.ts';

interface MessageRowProps {
  readonly row: MessageRowModel;
  readonly state: ConversationState;
}

export function MessageRow({ row, state }: MessageRowProps) {
  const { t } = useMessengerText();
  const { message, isOwn, isFirst, isLast, at } = row;
  const isDirect = state.conversation?.kind === 'direct';
  const classes = ['message', isOwn ? 'own' : 'other'];
  if (isFirst) classes.push('first');
  if (isLast) classes.push('last');
  return (
    <article className={classes.join(' ')} aria-label={isOwn ? t('thread.you') : message.sender}>
      {!isOwn && !isDirect && (
        <span className="avatar-slot">{isLast && <Avatar name={message.sender} />}</span>
      )}
      <div className="message-body">
        <p className={isOwn || isDirect || !isFirst ? 'visually-hidden' : 'author'}>
          {isOwn ? t('thread.you') : message.sender}
        </p>
        <MessageBody message={message} />
        <p className={isLast || row.showsReaders ? 'meta' : 'visually-hidden'}>
          <ClockTime at={at} />
          {row.showsReaders && <ReadMark seq={message.seq} state={state} />}
        </p>
      </div>
    </article>
  );
}
