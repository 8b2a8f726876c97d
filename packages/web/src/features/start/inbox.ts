/** The bell: notifications and their number, as a pure function of what the server told. */
import {
  numberOf,
  objectOf,
  objectsOf,
  parseObject,
  textOf,
  timeOf,
} from '../../session/json-fields.ts';
import type { JsonObject } from '../../session/json-fields.ts';

export interface BellItem {
  readonly id: string;
  readonly title: string;
  readonly content: string;
  readonly type: string;
  readonly link?: string;
  readonly at: number;
  readonly isUnread: boolean;
}

export interface Counts {
  readonly unread: number;
  readonly rev: number;
}

export interface Inbox {
  readonly items: readonly BellItem[];
  readonly counts: Counts;
  readonly hasFailed: boolean;
}

export const EMPTY_INBOX: Inbox = {
  items: [],
  counts: { unread: 0, rev: -1 },
  hasFailed: false,
};

/** The page shows the newest; the rest is the business of an application. */
const MAX_ITEMS = 20;

export function decodeItem(object: JsonObject, nowMs: number): BellItem | undefined {
  const id = textOf(object, 'id');
  const title = textOf(object, 'title');
  if (id === undefined || title === undefined) return undefined;
  const link = textOf(object, 'link');
  return {
    id,
    title,
    content: textOf(object, 'content') ?? '',
    type: textOf(object, 'type') ?? 'info',
    ...(link === undefined || !isSafeLink(link) ? {} : { link }),
    at: timeOf(object, 'created_at') ?? nowMs,
    isUnread: textOf(object, 'status') === 'unread',
  };
}

/** A link comes from whoever may notify: only the web, never `javascript:`. */
const isSafeLink = (link: string): boolean => /^(https?:\/\/|\/(?!\/))/i.test(link);

export const decodeItems = (body: JsonObject, nowMs: number): readonly BellItem[] =>
  objectsOf(body, 'notifications')
    .map((object) => decodeItem(object, nowMs))
    .filter((item) => item !== undefined);

/** The notification in a frame of the live endpoint, if it is one. */
export function notificationIn(frame: string, nowMs: number): BellItem | undefined {
  const object = parseObject(frame);
  if (object === undefined || textOf(object, 'type') !== 'notification') return undefined;
  const data = objectOf(object, 'data');
  return data === undefined ? undefined : decodeItem(data, nowMs);
}

export function decodeCounts(body: JsonObject): Counts | undefined {
  const unread = numberOf(body, 'unread');
  const rev = numberOf(body, 'rev');
  return unread === undefined || rev === undefined ? undefined : { unread, rev };
}

export const withItems = (inbox: Inbox, items: readonly BellItem[]): Inbox => ({
  ...inbox,
  items: items.slice(0, MAX_ITEMS),
  hasFailed: false,
});

/** Absolute numbers with a revision: an older answer that arrives later changes nothing. */
export const withCounts = (inbox: Inbox, counts: Counts): Inbox =>
  counts.rev < inbox.counts.rev ? inbox : { ...inbox, counts };

/** Shown at once; the true number follows with the next counts. */
export function withArrival(inbox: Inbox, item: BellItem): Inbox {
  if (inbox.items.some(({ id }) => id === item.id)) return inbox;
  const items = [item, ...inbox.items].slice(0, MAX_ITEMS);
  const counts = { ...inbox.counts, unread: inbox.counts.unread + 1 };
  return { ...inbox, items, counts };
}

export const withRead = (inbox: Inbox, ids: readonly string[] | 'all'): Inbox => ({
  ...inbox,
  items: inbox.items.map((item) =>
    ids === 'all' || ids.includes(item.id) ? { ...item, isUnread: false } : item,
  ),
});

export const badgeText = (unread: number): string => (unread > 99 ? '99+' : String(unread));
