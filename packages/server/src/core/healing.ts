/**
 * What happens when a channel's stream does not follow on. What is missing is read from history
 * and delivered in its place; where that is impossible, every positioned subscriber is told that
 * it has missed something. Never is a hole passed over.
 */
import type { Publication, StreamPosition } from '@carillon/protocol';
import type { Broker, HistoryPage } from '../ports/broker.ts';
import type { Logger } from '../ports/logger.ts';
import type { BrokerEvent, Channel } from './channel.ts';
import { isContiguous } from './recovery.ts';

export interface HealingDependencies {
  readonly broker: Broker;
  readonly logger: Logger;
  readonly maxRecoveredPublications: number;
}

/** The channel withholds events from the gap on; this ends it. Never rejects. */
export async function heal(channel: Channel, dependencies: HealingDependencies): Promise<void> {
  const from = channel.position;
  const { generation } = channel;
  if (from === undefined) return;
  const page = await readMissed(channel, from, dependencies);
  if (channel.isReleased) return;
  if (channel.generation !== generation) {
    resume(dropEpoch(from.epoch, channel.endHealing([])), channel);
    return;
  }
  const missed = page === undefined ? undefined : healingPublications(from, page);
  const withheld = channel.endHealing(missed ?? []);
  if (missed === undefined) {
    dependencies.logger.warn({ channel: channel.name }, 'a gap in a channel could not be healed');
    loseGap(channel, page?.position, withheld[0]?.event);
  } else {
    dependencies.logger.debug({ channel: channel.name, missed: missed.length }, 'gap healed');
  }
  resume(withheld, channel);
}

function resume(withheld: readonly BrokerEvent[], channel: Channel): void {
  for (const { event, epoch } of withheld) {
    if (event.type === 'publication' && event.publication.offset !== undefined) {
      skipHoleInHistory(channel, { epoch: epoch ?? '', offset: event.publication.offset });
    }
    channel.receive(event, epoch);
  }
}

/** A subscriber found a new epoch while history was asked: what the old one still had is void. */
function dropEpoch(epoch: string, withheld: readonly BrokerEvent[]): readonly BrokerEvent[] {
  return withheld.filter((each) => each.epoch !== epoch);
}

/** Ends every position of the channel: the stream goes on from `position`, whatever was before. */
export function invalidate(channel: Channel, position: StreamPosition): void {
  // What still followed on is delivered first, or its offsets would be mixed with the new ones.
  channel.flush();
  channel.generation += 1;
  channel.setPosition(position);
  channel.forgetKept();
  for (const subscription of channel.liveSubscriptions()) {
    if (subscription.next >= 0) subscription.subscriber.handleLostPosition(subscription);
  }
}

async function readMissed(
  channel: Channel,
  from: StreamPosition,
  dependencies: HealingDependencies,
): Promise<HistoryPage | undefined> {
  try {
    const limit = dependencies.maxRecoveredPublications;
    return await dependencies.broker.history(channel.name, { since: from, limit });
  } catch (error) {
    dependencies.logger.warn({ err: error, channel: channel.name }, 'history could not be read');
    return undefined;
  }
}

function healingPublications(
  from: StreamPosition,
  page: HistoryPage,
): readonly Publication[] | undefined {
  const { position, publications } = page;
  if (position.epoch !== from.epoch) return undefined;
  return isContiguous(publications, from.offset, position.offset) ? publications : undefined;
}

/** The stream goes on right before the first event that was withheld, or at history's end. */
function loseGap(
  channel: Channel,
  position: StreamPosition | undefined,
  withheld: { type: string; publication?: Publication } | undefined,
): void {
  const first = withheld?.publication?.offset;
  const epoch = position?.epoch ?? channel.epoch ?? '';
  if (first !== undefined && epoch === channel.epoch) {
    invalidate(channel, { epoch, offset: first - 1 });
  } else if (position !== undefined) {
    invalidate(channel, position);
  }
}

/** History may lag behind what was published; asking it again at once would turn in a circle. */
function skipHoleInHistory(channel: Channel, position: StreamPosition): void {
  if (position.epoch === channel.epoch && position.offset > channel.topOffset + 1) {
    invalidate(channel, { epoch: position.epoch, offset: position.offset - 1 });
  }
}
