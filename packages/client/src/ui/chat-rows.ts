/**
 * How messages become rows: days, the "new" divider, groups of one sender, and the state of the own
 * ones. A divider stands where the conversation was unread when it was opened, and stays.
 */
import type { ConversationState, Message, PendingMessage } from '../chat/chat.ts';
import type { UiTexts } from './ui-texts.ts';

/** Messages of one sender within this time belong together. */
const GROUP_MS = 5 * 60_000;

export interface DayRow {
  readonly kind: 'day';
  readonly key: string;
  readonly text: string;
}

export interface DividerRow {
  readonly kind: 'divider';
  readonly key: string;
  readonly text: string;
}

export interface MessageRow {
  readonly kind: 'message';
  readonly key: string;
  /** Absent: on its way. */
  readonly seq?: number;
  /** For `retry` and `discard` of an own message that failed. */
  readonly clientId: string;
  readonly sender: string;
  /** What stands over the first message of a group. */
  readonly name: string;
  readonly isOwn: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly messageKind: string;
  readonly content: string;
  readonly attributes?: unknown;
  readonly createdAt: string;
  readonly time: string;
  readonly dateTime: string;
  /** Of own ones: on their way, failed, and of the last that arrived whether it was read. */
  readonly delivery?: 'queued' | 'sending' | 'failed' | 'sent' | 'read';
  readonly deliveryText?: string;
  readonly error?: string;
}

export type ChatRow = DayRow | DividerRow | MessageRow;

export interface ChatRowsInput {
  readonly state: ConversationState;
  /** Who I am. */
  readonly user: string;
  readonly nowMs: number;
  readonly texts: UiTexts;
  /** How people are called. @default their ids */
  readonly nameOf?: ((user: string) => string) | undefined;
}

type Draft = Omit<MessageRow, 'isFirst' | 'isLast'> & {
  readonly atMs: number;
  readonly day: string;
};

export function chatRows(input: ChatRowsInput): readonly ChatRow[] {
  const { state, texts, nowMs } = input;
  const lastOwn = state.messages.findLast((message) => message.sender === input.user);
  const drafts = [
    ...state.messages.map((message) => ofMessage(message, input, message === lastOwn)),
    ...state.pending.map((message) => ofPending(message, input)),
  ];
  const standsBelowDivider = ({ seq }: Draft): boolean =>
    seq !== undefined && seq === state.firstUnreadSeq;
  const rows: ChatRow[] = [];
  let previous: Draft | undefined;
  for (const [at, draft] of drafts.entries()) {
    if (draft.day !== previous?.day) {
      const text = texts.day(draft.atMs, nowMs);
      rows.push({ kind: 'day', key: `day-${draft.day}-${draft.key}`, text });
    }
    const isDivided = standsBelowDivider(draft);
    if (isDivided) rows.push({ kind: 'divider', key: 'new', text: texts.t('chat.new') });
    const isFirst = isDivided || previous === undefined || !belongsTogether(previous, draft);
    const next = drafts[at + 1];
    const isLast = next === undefined || standsBelowDivider(next) || !belongsTogether(draft, next);
    const { atMs: _, day: __, ...row } = draft;
    rows.push({ ...row, isFirst, isLast });
    previous = draft;
  }
  return rows;
}

const belongsTogether = (a: Draft, b: Draft): boolean =>
  a.sender === b.sender && a.day === b.day && b.atMs - a.atMs < GROUP_MS;

function ofMessage(message: Message, input: ChatRowsInput, tellsState: boolean): Draft {
  const { user, texts } = input;
  const isOwn = message.sender === user;
  const atMs = Date.parse(message.created_at);
  const delivery = tellsState ? readState(message, input) : {};
  return {
    kind: 'message',
    // The same as while it was on its way: its row stays the same element.
    key: isOwn ? `own-${message.client_id}` : message.id,
    seq: message.seq,
    clientId: message.client_id,
    sender: message.sender,
    name: isOwn ? texts.t('chat.you') : (input.nameOf?.(message.sender) ?? message.sender),
    isOwn,
    messageKind: message.kind,
    content: message.content,
    ...(message.attributes === undefined ? {} : { attributes: message.attributes }),
    createdAt: message.created_at,
    time: texts.clockTime(atMs),
    dateTime: texts.dateTime(atMs),
    atMs,
    day: texts.dayKey(atMs),
    ...delivery,
  };
}

function ofPending(message: PendingMessage, { user, texts }: ChatRowsInput): Draft {
  return {
    kind: 'message',
    key: `own-${message.clientId}`,
    clientId: message.clientId,
    sender: user,
    name: texts.t('chat.you'),
    isOwn: true,
    messageKind: message.kind,
    content: message.content,
    ...(message.attributes === undefined ? {} : { attributes: message.attributes }),
    createdAt: new Date(message.createdAtMs).toISOString(),
    time: texts.clockTime(message.createdAtMs),
    dateTime: texts.dateTime(message.createdAtMs),
    atMs: message.createdAtMs,
    day: texts.dayKey(message.createdAtMs),
    delivery: message.state,
    deliveryText: texts.t(`chat.${message.state}`),
    ...(message.error === undefined ? {} : { error: message.error.message }),
  };
}

/** "Read" between two people, "Seen by 4" among more. */
function readState(
  message: Message,
  { state, user, texts }: ChatRowsInput,
): Pick<MessageRow, 'delivery' | 'deliveryText'> {
  const readers = Object.entries(state.readSeqs).filter(
    ([reader, seq]) => reader !== user && seq >= message.seq,
  ).length;
  if (readers === 0) return { delivery: 'sent', deliveryText: texts.t('chat.sent') };
  const isDirect = state.conversation?.kind === 'direct';
  return {
    delivery: 'read',
    deliveryText: isDirect ? texts.t('chat.read') : texts.count('chat.seenBy', readers),
  };
}
