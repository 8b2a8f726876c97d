/** All channels of a client: finds the one that is meant, and makes each known to the connection. */
import type { Channel, Gap, Publication, StreamPosition } from '../channel.ts';
import type { ServerPublication } from '../client.ts';
import type { LinkChannels } from '../connection/link.ts';
import { createListeners } from '../listeners.ts';
import { createChannel } from './create-channel.ts';
import { Subscription, type SubscriptionOptions } from './subscription.ts';

interface Entry {
  readonly subscription: Subscription;
  readonly channel: Channel;
}

export interface Channels extends LinkChannels {
  readonly channel: (name: string) => Channel;
  readonly onServerPublication: (listener: (publication: ServerPublication) => void) => () => void;
  readonly onServerGap: (listener: (gap: Gap) => void) => () => void;
  readonly position: (name: string) => StreamPosition | undefined;
  readonly serverPositions: () => Readonly<Record<string, StreamPosition>>;
  readonly resume: (name: string, position: StreamPosition, isServerSide: boolean) => void;
}

export function createChannels(
  options: Omit<SubscriptionOptions, 'name' | 'onServerPublication' | 'onServerGap'>,
): Channels {
  const entries = new Map<string, Entry>();
  const publications = createListeners<ServerPublication>();
  const gaps = createListeners<Gap>();

  const find = (name: string): Entry => {
    const known = entries.get(name);
    if (known) return known;
    const subscription = new Subscription({
      ...options,
      name,
      onServerPublication: (publication: Publication) =>
        publications.emit({ ...publication, channel: name }),
      onServerGap: gaps.emit,
    });
    const entry = { subscription, channel: createChannel(name, subscription, options.requests) };
    entries.set(name, entry);
    return entry;
  };

  const forEach = (visit: (subscription: Subscription, name: string) => void): void => {
    for (const [name, { subscription }] of entries) visit(subscription, name);
  };

  const serverPositions = (): Record<string, StreamPosition> => {
    const found: Record<string, StreamPosition> = {};
    forEach(({ position, isServerSide }, name) => {
      if (isServerSide && position) found[name] = position;
    });
    return found;
  };

  return {
    channel: (name) => find(name).channel,
    serverPositions,
    onServerPublication: publications.add,
    onServerGap: gaps.add,
    position: (name) => entries.get(name)?.subscription.position,
    resume: (name, ...place) => find(name).subscription.resume(...place),
    positions() {
      const found = Object.entries(serverPositions());
      return Object.fromEntries(found.map(([name, at]) => [name, { recover: true, ...at }]));
    },
    handleOpening: () => forEach((subscription) => subscription.handleOpening()),
    handleWelcome({ subs = {} }) {
      for (const name of Object.keys(subs)) find(name);
      forEach((subscription, name) => subscription.handleWelcome(subs[name]));
    },
    handlePush: (push) => {
      if (push.channel !== undefined) find(push.channel).subscription.handlePush(push);
    },
    handleLost: () => forEach((subscription) => subscription.handleLost()),
    forgetPositions: () =>
      forEach((subscription) => {
        subscription.position = undefined;
      }),
  };
}
