/**
 * Holds what each client saw against what was published. Finds lost, duplicate, reordered and
 * phantom publications, gaps nobody spoke of, and resets that were not needed.
 */
import type { StreamPosition } from '@carillon/protocol';

export interface Published extends StreamPosition {
  readonly data: string;
}

/** What one client saw of one channel, in order. */
export type Seen =
  | { readonly type: 'publication'; readonly offset: number; readonly data: string }
  /** A subscribe reply; `from` where the client asked to recover. */
  | {
      readonly type: 'subscribed';
      readonly position: StreamPosition;
      readonly from: StreamPosition | undefined;
      readonly hasRecovered: boolean;
      /** The broker could not be asked: a reset is the honest answer. */
      readonly isExcused?: boolean;
    };

export interface CheckOptions {
  /** Publications that history keeps: a client that missed no more must have been given them. */
  readonly historySize: number;
  /** Where the channel stands when all is quiet; undefined: nothing was published. */
  readonly end: StreamPosition | undefined;
}

export function checkHistory(
  seen: readonly Seen[],
  published: readonly Published[],
  options: CheckOptions,
): readonly string[] {
  const truth = new Map(published.map((each) => [`${each.epoch} ${each.offset}`, each.data]));
  const violations: string[] = [];
  let at: StreamPosition | undefined;
  for (const each of seen) {
    if (each.type === 'subscribed') {
      violations.push(...checkReply(each, options.historySize));
      if (!each.hasRecovered) at = each.position;
      continue;
    }
    if (at === undefined) {
      violations.push(`phantom: ${each.data} before any subscription`);
      continue;
    }
    violations.push(...checkNext(at, each, truth));
    at = { epoch: at.epoch, offset: Math.max(at.offset, each.offset) };
  }
  const { end } = options;
  if (end !== undefined && (at?.epoch !== end.epoch || at.offset !== end.offset)) {
    violations.push(`lost: ends at ${show(at)}, the channel at ${show(end)}`);
  }
  return violations;
}

function checkReply(reply: Extract<Seen, { type: 'subscribed' }>, historySize: number): string[] {
  const { from, position, hasRecovered, isExcused } = reply;
  if (isExcused === true) return [];
  if (from === undefined || hasRecovered || from.epoch !== position.epoch) return [];
  const missed = position.offset - from.offset;
  if (missed < 0 || missed > historySize) return [];
  return [`needless reset: ${show(from)} to ${show(position)} could have been recovered`];
}

function checkNext(
  at: StreamPosition,
  publication: Extract<Seen, { type: 'publication' }>,
  truth: ReadonlyMap<string, string>,
): string[] {
  const { offset, data } = publication;
  const expected = truth.get(`${at.epoch} ${offset}`);
  if (expected !== data) return [`phantom: ${data} at ${show({ epoch: at.epoch, offset })}`];
  if (offset === at.offset) return [`duplicate: ${data} at ${show(at)}`];
  if (offset < at.offset) return [`reordered: offset ${offset} after ${show(at)}`];
  if (offset > at.offset + 1) return [`silent gap: offset ${offset} after ${show(at)}`];
  return [];
}

const show = (position: StreamPosition | undefined): string =>
  position === undefined ? 'nowhere' : `${position.epoch}/${position.offset}`;
