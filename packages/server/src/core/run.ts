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
  /** Users that must not get all of it. */
  readonly excludedUsers: ReadonlySet<string> | undefined;
  /** Connections that must not: their own joins are in it. */
  readonly joinedClients: ReadonlySet<string> | undefined;
}

export function describeRun(events: readonly ChannelEvent[]): Run {
  let publicationCount = 0;
  let firstOffset = -1;
  let nextOffset = -1;
  let excludedUsers: Set<string> | undefined;
  let joinedClients: Set<string> | undefined;
  for (const event of events) {
    if (event.type === 'publication') {
      publicationCount += 1;
      const { offset, excludeUser } = event.publication;
      if (excludeUser !== undefined && excludeUser !== '') {
        excludedUsers = (excludedUsers ?? new Set()).add(excludeUser);
      }
      if (offset === undefined) continue;
      if (firstOffset < 0) firstOffset = offset;
      nextOffset = offset + 1;
    } else if (event.type === 'join') {
      joinedClients = (joinedClients ?? new Set()).add(event.info.client);
    }
  }
  return {
    events,
    publicationCount,
    firstOffset,
    nextOffset,
    hasJoinLeave: publicationCount < events.length,
    excludedUsers,
    joinedClients,
  };
}

/** True for whoever must be looked at event by event. */
export function isSkipped(run: Run, subscription: Subscription): boolean {
  if (subscription.runOffset > 0) return true;
  if (run.excludedUsers?.has(subscription.subscriber.user) === true) return true;
  return run.joinedClients?.has(subscription.subscriber.id) === true;
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
