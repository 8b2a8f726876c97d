/**
 * From a channel's run to the queues of its subscribers: one encode per kind of client, then a
 * plain loop. Nothing here awaits, parses or touches a socket, and nothing is allocated per
 * delivery on the fast path.
 */
import type { ChannelEvent } from '@carillon/protocol';
import type { WireFormat } from '../ports/wire-format.ts';
import type { Channel } from './channel.ts';
import type { Frame } from './outbound-queue.ts';
import { eventsFor, isSkipped, publicationsOf } from './run.ts';
import type { Run } from './run.ts';
import type { Subscription, SubscriptionGroup } from './subscription.ts';

interface EncodedRun {
  readonly format: WireFormat;
  readonly hasJoinLeave: boolean;
  readonly frame: Frame | undefined;
}

/** @returns subscriptions whose position is behind the run: the caller ends them when the loop is over. */
export function deliverRun(channel: Channel, run: Run): readonly Subscription[] {
  const behind: Subscription[] = [];
  const encoded: EncodedRun[] = [];
  for (const group of channel.groups) {
    if (group.subscriptions.length === 0) continue;
    const frame = frameFor(channel, run, { group, encoded });
    deliverToGroup(group, run, { channel, frame, behind });
  }
  return behind;
}

/** Groups of one format share the bytes unless only one of them is shown joins and leaves. */
function frameFor(
  channel: Channel,
  run: Run,
  state: { readonly group: SubscriptionGroup; readonly encoded: EncodedRun[] },
): Frame | undefined {
  const { format, wantsJoinLeave } = state.group;
  const hasJoinLeave = run.hasJoinLeave && wantsJoinLeave;
  for (const each of state.encoded) {
    if (each.format === format && each.hasJoinLeave === hasJoinLeave) return each.frame;
  }
  const events = run.hasJoinLeave && !wantsJoinLeave ? publicationsOf(run) : run.events;
  const frame = encode(channel, format, events);
  state.encoded.push({ format, hasJoinLeave, frame });
  return frame;
}

/** For one subscription that is not where the run begins, or must not see all of it. */
export function deliverSlowly(subscription: Subscription, run: Run): boolean {
  const { channel } = subscription;
  if (channel === undefined) return true;
  const isPositioned = subscription.next >= 0 && run.firstOffset >= 0;
  if (isPositioned && subscription.next < run.firstOffset) return false;
  const events = eventsFor(run, subscription);
  subscription.runOffset = 0;
  if (isPositioned && subscription.next < run.nextOffset) subscription.next = run.nextOffset;
  if (events.length === 0) return true;
  const frame = encode(channel, subscription.subscriber.init.format, events);
  if (frame !== undefined) subscription.subscriber.queue.push(frame);
  return true;
}

function deliverToGroup(
  group: SubscriptionGroup,
  run: Run,
  output: {
    readonly channel: Channel;
    readonly frame: Frame | undefined;
    readonly behind: Subscription[];
  },
): void {
  const { channel, frame, behind } = output;
  const { firstOffset, nextOffset } = run;
  const hasSkipped =
    run.excludedUsers !== undefined || run.joinedClients !== undefined || channel.hasNewcomers;
  for (const subscription of group.subscriptions) {
    const isInStep = subscription.next === firstOffset || subscription.next < 0 || firstOffset < 0;
    if (isInStep && !(hasSkipped && isSkipped(run, subscription))) {
      if (firstOffset >= 0 && subscription.next >= 0) subscription.next = nextOffset;
      if (frame !== undefined) subscription.queue.push(frame);
    } else if (!deliverSlowly(subscription, run)) {
      behind.push(subscription);
    }
  }
}

function encode(
  channel: Channel,
  format: WireFormat,
  events: readonly ChannelEvent[],
): Frame | undefined {
  if (events.length === 0) return undefined;
  const bytes = format.encodeEvents(channel.name, events);
  return bytes === undefined ? undefined : { chunks: [bytes], latestKey: channel.latestKey };
}
