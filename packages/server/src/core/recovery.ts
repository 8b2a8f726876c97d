/**
 * What a client that was away gets: everything it missed, exactly once and in order, or nothing
 * and the truth about it. Pure; reading history and delivering are the caller's.
 */
import type { Publication, StreamPosition } from '@carillon/protocol';
import type { HistoryPage } from '../ports/broker.ts';

export interface Recovery {
  readonly hasRecovered: boolean;
  /** Empty unless recovered; at most as many as the limit. */
  readonly publications: readonly Publication[];
}

const NOT_RECOVERED: Recovery = { hasRecovered: false, publications: [] };

/** `page` is what history holds after `from`, with the stream's position at that moment. */
export function recoverFrom(
  from: StreamPosition,
  page: HistoryPage,
  maxPublications: number,
): Recovery {
  const { position, publications } = page;
  if (position.epoch !== from.epoch || position.offset < from.offset) return NOT_RECOVERED;
  if (position.offset - from.offset > maxPublications) return NOT_RECOVERED;
  if (!isContiguous(publications, from.offset, position.offset)) return NOT_RECOVERED;
  return { hasRecovered: true, publications };
}

/** True when `publications` are exactly those with the offsets `after + 1` to `last`. */
export function isContiguous(
  publications: readonly Publication[],
  after: number,
  last: number,
): boolean {
  if (publications.length !== last - after) return false;
  return publications.every((publication, index) => publication.offset === after + 1 + index);
}

/** What `user` may see of history: publications that exclude this user were never meant for it. */
export function visibleTo(
  user: string,
  publications: readonly Publication[],
): readonly Publication[] {
  if (user === '' || !publications.some((publication) => publication.excludeUser === user)) {
    return publications;
  }
  return publications.filter((publication) => publication.excludeUser !== user);
}
