/** How entries become rows on the screen: days, and groups of one person's messages. */
import type { Entry } from './room.ts';

export type MessageEntry = Extract<Entry, { kind: 'message' }>;

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly entry: MessageEntry;
      /** The name stands over the first message of a group only. */
      readonly isFirst: boolean;
    }
  | Exclude<Entry, MessageEntry>;

/** Messages of one person within this time belong together. */
const GROUP_MS = 5 * 60_000;

const dayOf = (at: number): string => new Date(at).toDateString();

export function rowsOf(entries: readonly Entry[]): readonly Row[] {
  const rows: Row[] = [];
  let day: string | undefined;
  let previous: MessageEntry | undefined;
  for (const entry of entries) {
    if (entry.kind !== 'divider' && dayOf(entry.at) !== day) {
      day = dayOf(entry.at);
      rows.push({ kind: 'day', key: `day-${day}-${entry.id}`, at: entry.at });
      previous = undefined;
    }
    if (entry.kind === 'message') {
      const isFirst = previous === undefined || !belongsTogether(previous, entry);
      rows.push({ kind: 'message', key: entry.id, entry, isFirst });
      previous = entry;
    } else {
      rows.push(entry);
      previous = undefined;
    }
  }
  return rows;
}

const belongsTogether = (a: MessageEntry, b: MessageEntry): boolean =>
  a.author === b.author && a.privateWith === b.privateWith && b.at - a.at < GROUP_MS;
