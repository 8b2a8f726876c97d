/** Under the last own message: that the server has it, and who has read it. */
import type { ConversationState } from '@carillon/client';
import { CheckIcon, DoubleCheckIcon } from '../../../ui/icons.tsx';
import { useMessenger } from '../messenger.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { NAMED_READERS, readersOf } from './readers.ts';

interface ReadMarkProps {
  readonly seq: number;
  readonly state: ConversationState;
}

export function ReadMark({ seq, state }: ReadMarkProps) {
  const { t, count } = useMessengerText();
  const { user: me } = useMessenger();
  const readers = readersOf({ seq, me, readSeqs: state.readSeqs });
  if (readers.length === 0) {
    return (
      <span className="mark">
        <CheckIcon />
        {t('mark.sent')}
      </span>
    );
  }
  const names = readers.join(', ');
  const isDirect = state.conversation?.kind === 'direct';
  return (
    <span className="mark read" title={names}>
      <DoubleCheckIcon />
      {isDirect
        ? t('mark.read')
        : readers.length <= NAMED_READERS
          ? t('mark.seenBy', { names })
          : count('mark.seenByMany', readers.length)}
    </span>
  );
}
