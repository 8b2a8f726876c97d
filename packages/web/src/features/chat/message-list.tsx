/** What was said, what I am still sending, and the way down to what is new. */
import { useMemo } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { ClockTime } from '../../ui/clock-time.tsx';
import { DownIcon } from '../../ui/icons.tsx';
import type { ChatClient } from './chat-client.ts';
import { DayRow } from './day-row.tsx';
import { MessageRow } from './message-row.tsx';
import { rowsOf } from './message-rows.ts';
import type { Row } from './message-rows.ts';
import { PendingRow } from './pending-row.tsx';
import type { RoomState } from './room.ts';
import { useStickToEnd } from './use-stick-to-end.ts';

export function MessageList({ client, state }: { client: ChatClient; state: RoomState }) {
  const { t, count } = useText();
  const { entries, outbox } = state;
  const rows = useMemo(() => rowsOf(entries), [entries]);
  const { list, missed, toEnd, onScroll } = useStickToEnd({
    length: rows.length + outbox.length,
    latestId: state.latest?.id,
    ownCount: state.writtenCount,
  });
  const isEmpty = state.hasJoined && rows.length + outbox.length === 0;
  return (
    <div className="log-frame">
      <div
        ref={list}
        className="log"
        role="log"
        aria-live="off"
        aria-label={t('room.log')}
        tabIndex={0}
        onScroll={onScroll}
      >
        {isEmpty && <p className="log-empty">{t('room.empty')}</p>}
        <ol>
          {rows.map((row) => (
            <RowView
              key={row.kind === 'day' || row.kind === 'message' ? row.key : row.id}
              row={row}
            />
          ))}
          {outbox.map((item) => (
            <PendingRow
              key={item.localId}
              item={item}
              onRetry={() => client.retry(item.localId)}
              onDelete={() => client.delete(item.localId)}
            />
          ))}
        </ol>
      </div>
      {missed > 0 && (
        <button type="button" className="button to-end" onClick={toEnd}>
          <DownIcon />
          {count('room.new', missed)}
        </button>
      )}
    </div>
  );
}

function RowView({ row }: { row: Row }) {
  const { t } = useText();
  switch (row.kind) {
    case 'day':
      return <DayRow at={row.at} />;
    case 'message':
      return <MessageRow entry={row.entry} isFirst={row.isFirst} />;
    case 'system':
      return (
        <li className="system">
          <span className="system-text">
            {row.text} <ClockTime at={row.at} />
          </span>
        </li>
      );
    case 'divider':
      return (
        <li className="divider">
          <span>{t(row.why === 'gap' ? 'room.gap' : 'room.joined')}</span>
        </li>
      );
  }
}
