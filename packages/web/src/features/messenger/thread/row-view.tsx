/** One row of the list. What a message may carry one day (replies, reactions) goes into its body. */
import type { Conversation, ConversationState } from '@carillon/client';
import { useTimeLabels } from '../shell/time-labels.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { MessageRow } from './message-row.tsx';
import { PendingRow } from './pending-row.tsx';
import type { Row } from './rows.ts';

interface RowViewProps {
  readonly row: Row;
  readonly conversation: Conversation;
  readonly state: ConversationState;
}

export function RowView({ row, conversation, state }: RowViewProps) {
  const { t } = useMessengerText();
  const labels = useTimeLabels();
  switch (row.kind) {
    case 'message':
      return <MessageRow row={row} state={state} />;
    case 'pending':
      return (
        <PendingRow
          row={row}
          onRetry={() => conversation.retry(row.pending.clientId)}
          onDelete={() => conversation.discard(row.pending.clientId)}
        />
      );
    case 'day':
      return (
        <p className="day">
          <span>{labels.day(row.at)}</span>
        </p>
      );
    case 'unread':
      return (
        <p className="divider">
          <span>{t('thread.unread')}</span>
        </p>
      );
    case 'beginning':
      return <p className="beginning">{t('thread.beginning')}</p>;
  }
}
