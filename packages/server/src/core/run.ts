/**
 * A run: what one channel published in one tick, described once so that each subscriber costs a
 * comparison of two integers.
 */
import type { ChannelEvent } from '@carillon/protocol';
import type { Subscription } from './subscription.ts';

export interface Run {
  readonly events: readonly ChannelEvent[];
  readonly publicationCount: number;
  /** Offset of the first publication that has one; -1: none has. */
  readonly firstOffset: number;
  /** One more than the last offset. Offsets within a run have no holes. */
  readonly nextOffset: number;
  readonly hasJoinLeave: boolean;
  /** Users and connection ids that must not get all of it. */
  readonly skipped: ReadonlySet<string> | undefined;
}

export function describeRun(events: readonly ChannelEvent[]): Run {
  let publicationCount = 0;
  let firstOffset = -1;
  let nextOffset = -1;
  let skipped: Set<string> | undefined;
  for (const event of events) {
    if (event.type === 'publication') {
      publicationCount += 1;
      const { offset, excludeUser } = event.publication;
      if (excludeUser !== undefined && excludeUser !== '') {
        skipped = (skipped ?? new Set()).add(userKey(excludeUser));
      }
      if (offset === undefined) continue;
      if (firstOffset < 0) firstOffset = offset;
      nextOffset = offset + 1;
    } else if (event.type === 'join') {
      skipped = (skipped ?? new Set()).add(event.info.client);
    }
  }
  return {
    events,
    publicationCount,
    firstOffset,
    nextOffset,
    hasJoinLeave: publicationCount < events.length,
    skipped,
  };
}

export function isSkipped(run: Run, subscription: Subscription): boolean {
  if (subscription.runOffset > 0) return true;
  if (run.skipped === undefined) return false;
  const { subscriber } = subscription;
  return run.skipped.has(userKey(subscriber.user)) || run.skipped.has(subscriber.id);
}

/** The part of a run that one subscription is to see. */
export function eventsFor(run: Run, subscription: Subscription): readonly ChannelEvent[] {
  return run.events.slice(subscription.runOffset).filter((event) => isFor(event, subscription));
}

/** What clients see that asked for no joins and leaves. */
export function publicationsOf(run: Run): readonly ChannelEvent[] {
  return run.events.filter((event) => event.type === 'publication');
}

function isFor(event: ChannelEvent, subscription: Subscription): boolean {
  const { subscriber } = subscription;
  if (event.type !== 'publication') {
    // A join is told to the others: who came knows that already.
    return subscription.wantsJoinLeave && event.info.client !== subscriber.id;
  }
  const { offset, excludeUser } = event.publication;
  if (excludeUser !== undefined && excludeUser !== '' && excludeUser === subscriber.user) {
    return false;
  }
  return offset === undefined || offset >= subscription.next;
}

/** Keeps user names apart from connection ids in one set. */
const userKey = (user: string): string => `u:${user}`;
