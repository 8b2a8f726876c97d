/**
 * Reads a channel's past from its newest record backwards: each record names the ones before it,
 * so that one round brings twenty. Ends where the history ends: by size, by age, at an epoch, or
 * where the stream has dropped it.
 */
import type { Publication, StreamPosition } from '@carillon/protocol';
import type { HistoryPage, HistoryQuery } from '../../ports/broker.ts';
import { decodeRecord } from './channel-record.ts';
import type { ChannelRecord } from './channel-record.ts';
import type { RecordStream } from './record-stream.ts';

export interface HistoryWindow {
  readonly position: StreamPosition;
  /** Oldest first, without holes, up to the position. */
  readonly publications: readonly Publication[];
}

export interface ReadBackOptions {
  readonly stream: RecordStream;
  readonly subject: string;
  /** Publications up to this offset are not wanted. */
  readonly after: number;
  readonly nowMs: number;
}

export async function readBack(
  newest: ChannelRecord,
  options: ReadBackOptions,
): Promise<HistoryWindow> {
  const { epoch, top, historySize, historyTtlMs, publishedAt } = newest.head;
  const position = { epoch, offset: top };
  const isExpired = isTooOld(publishedAt, options.nowMs, historyTtlMs);
  if (options.after >= top || isExpired) return { position, publications: [] };
  const first = Math.max(options.after + 1, top - historySize + 1);
  const records = await collect(newest, first, options);
  const publications = records.reverse().flatMap((record) => record.publications);
  return { position, publications: publications.filter(({ offset = 0 }) => offset >= first) };
}

/** Newest first. */
async function collect(
  newest: ChannelRecord,
  first: number,
  { stream, subject }: ReadBackOptions,
): Promise<ChannelRecord[]> {
  const records = [newest];
  let oldest = newest;
  while (lowestOffset(oldest) > first && oldest.head.previous.length > 0) {
    const before = await Promise.all(
      // One record holds at least one publication, but for those that only carry the position on.
      oldest.head.previous
        .slice(0, lowestOffset(oldest) - first + 1)
        .map((seq) => stream.at(seq, subject)),
    );
    for (const stored of before) {
      const record = stored === undefined ? undefined : decodeRecord(stored.data);
      if (record === undefined || !isFollowedBy(record, oldest)) return records;
      records.push(record);
      oldest = record;
    }
  }
  return records;
}

/** Whether `next` continues the history of `record`, or began one. */
function isFollowedBy(record: ChannelRecord, next: ChannelRecord): boolean {
  const { epoch, top, publishedAt } = record.head;
  if (epoch !== next.head.epoch || top !== lowestOffset(next) - 1) return false;
  return !isTooOld(publishedAt, next.head.publishedAt, next.head.historyTtlMs);
}

const lowestOffset = ({ head, publications }: ChannelRecord): number =>
  head.top - publications.length + 1;

/** A whole history ends when so much time has passed since its last publication. */
const isTooOld = (publishedAt: number, atMs: number, ttlMs: number): boolean =>
  ttlMs > 0 && atMs - publishedAt >= ttlMs;

/** What was asked for, out of what was read. */
export function selectPage(window: HistoryWindow, query: HistoryQuery): HistoryPage {
  const { position } = window;
  const { since, limit, reverse } = query;
  if (limit === 0) return { position, publications: [] };
  const wanted =
    reverse === true
      ? window.publications
          .filter(({ offset = 0 }) => since === undefined || offset < since.offset)
          .reverse()
      : window.publications.filter(({ offset = 0 }) => offset > (since?.offset ?? 0));
  return { position, publications: limit < 0 ? wanted : wanted.slice(0, limit) };
}
