/** One message: mine on the right, others' on the left, a private one marked; always with its time. */
import { useText } from '../../i18n/use-text.ts';
import { ClockTime } from '../../ui/clock-time.tsx';
import { LockIcon } from '../../ui/icons.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import type { MessageEntry } from './message-rows.ts';

export function MessageRow({ entry, isFirst }: { entry: MessageEntry; isFirst: boolean }) {
  const { t } = useText();
  const { author, text, at, isOwn, privateWith } = entry;
  const classes = ['message', isOwn ? 'own' : 'other'];
  if (isFirst) classes.push('first');
  if (privateWith !== undefined) classes.push('private');
  return (
    <li className={classes.join(' ')}>
      {!isOwn && (isFirst ? <Avatar name={author} /> : <span className="avatar-gap" />)}
      <div className="message-body">
        <p className={isOwn || !isFirst ? 'visually-hidden' : 'author'}>
          {isOwn ? t('room.you') : author}
        </p>
        <p className="bubble">{text}</p>
        <p className="meta">
          {privateWith !== undefined && (
            <span className="private-mark">
              <LockIcon />
              {t(isOwn ? 'room.privateTo' : 'room.private', { name: privateWith })}
            </span>
          )}
          <ClockTime at={at} />
        </p>
      </div>
    </li>
  );
}
