/**
 * How a conversation becomes rows on the screen: days, groups of one person's messages, the line
 * before what was new, and own messages on their way. Pure; keys stay when a message is confirmed.
 */
import type { ConversationState, Message, PendingMessage } from '@carillon/client';

interface RowBase {
  readonly key: string;
  /** Epoch milliseconds of what is shown; for the floating date. */
  readonly at: number;
}

export interface MessageRowModel extends RowBase {
  readonly kind: 'message';
  readonly message: Message;
  readonly isOwn: boolean;
  /** The name stands over the first message of a group, the time under the last. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Only the last own message tells who has read it. */
  readonly showsReaders: boolean;
}

export interface PendingRowModel extends RowBase {
  readonly kind: 'pending';
  readonly pending: PendingMessage;
  readonly isFirst: boolean;
  /** What all of a run wait for is told under the last of them. */
  readonly isLast: boolean;
}

export type Row =
  | MessageRowModel
  | PendingRowModel
  | (RowBase & { readonly kind: 'day' | 'unread' | 'beginning' });

export type RowsInput = Pick<
  ConversationState,
  'messages' | 'pending' | 'firstUnreadSeq' | 'hasOlder'
> & { readonly me: string };

/** Messages of one person within this time belong together. */
const GROUP_MS = 5 * 60_000;

const dayOf = (at: number): string => new Date(at).toDateString();

const keyOf = (sender: string, clientId: string): string => `m/${clientId}/${sender}`;

export function rowsOf(input: RowsInput): Row[] {
  const { messages, pending, firstUnreadSeq, hasOlder, me } = input;
  const rows: Row[] = [];
  const firstAt = Date.parse(messages[0]?.created_at ?? '') || 0;
  if (!hasOlder && messages.length > 0) rows.push({ kind: 'beginning', key: 'top', at: firstAt });
  const lastOwnSeq = messages.findLast(({ sender }) => sender === me)?.seq;
  let previous: { readonly sender: string; readonly at: number } | undefined;
  let day: string | undefined;

  const startDay = (at: number): void => {
    if (dayOf(at) === day) return;
    const isOpenEnded = day === undefined && hasOlder;
    day = dayOf(at);
    // Where older ones can be loaded the first row is a message: the list is anchored to it.
    if (isOpenEnded) return;
    rows.push({ kind: 'day', key: `day/${day}`, at });
    previous = undefined;
  };
  const isContinued = (sender: string, at: number): boolean =>
    previous?.sender === sender && at - previous.at < GROUP_MS;

  for (const message of messages) {
    const at = Date.parse(message.created_at);
    const { sender, seq } = message;
    startDay(at);
    if (seq === firstUnreadSeq) {
      rows.push({ kind: 'unread', key: 'unread', at });
      previous = undefined;
    }
    const isFirst = !isContinued(sender, at);
    if (!isFirst) continueGroup(rows);
    rows.push({
      kind: 'message',
      key: keyOf(sender, message.client_id),
      at,
      message,
      isOwn: sender === me,
      isFirst,
      isLast: true,
      showsReaders: seq === lastOwnSeq && pending.length === 0,
    });
    previous = { sender, at };
  }
  for (const item of pending) {
    const at = item.createdAtMs;
    startDay(at);
    const isFirst = !isContinued(me, at);
    if (!isFirst) continueGroup(rows);
    const key = keyOf(me, item.clientId);
    rows.push({ kind: 'pending', key, at, pending: item, isFirst, isLast: true });
    previous = { sender: me, at };
  }
  return rows;
}

/** The message before is not the last of its group after all. A failed one still says so. */
function continueGroup(rows: Row[]): void {
  const last = rows.at(-1);
  const isWaiting = last?.kind === 'pending' && last.pending.state !== 'failed';
  if (last?.kind === 'message' || isWaiting) rows[rows.length - 1] = { ...last, isLast: false };
}
