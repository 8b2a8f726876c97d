/**
 * A client that can only do what the page's route lists: other calls reject, other channels refuse
 * to be subscribed, other publications are not passed on. It protects pages from their own mistakes;
 * what a user may do, the server decides.
 */
import type { Channel } from '../channel.ts';
import type { Client } from '../client.ts';
import {
  FEATURES,
  featureOfChannel,
  featureOfPublication,
  featureOff,
  featuresOfCall,
} from './features.ts';
import type { Feature } from './features.ts';

export type Features = ReadonlySet<Feature>;

/** The client itself where the page may do everything. */
export function guardClient(client: Client, features: Features): Client {
  if (FEATURES.every((feature) => features.has(feature))) return client;
  const channels = new Map<string, Channel>();
  return {
    state: client.state,
    user: client.user,
    connect: () => client.connect(),
    disconnect: () => client.disconnect(),
    retryNow: () => client.retryNow(),
    channel: (name) => {
      const known = channels.get(name);
      if (known !== undefined) return known;
      const guarded = guardChannel(client.channel(name), features);
      channels.set(name, guarded);
      return guarded;
    },
    async call(method, input, options) {
      const missing = featuresOfCall(method, input).find((feature) => !features.has(feature));
      if (missing !== undefined) throw featureOff(missing);
      return client.call(method, input, options);
    },
    onServerPublication: (listener) =>
      client.onServerPublication((publication) => {
        if (isListed(publication.data, features)) listener(publication);
      }),
    onServerGap: (listener) => client.onServerGap(listener),
    close: () => client.close(),
  };
}

const isListed = (data: unknown, features: Features): boolean => {
  const feature = featureOfPublication(data);
  return feature === undefined || features.has(feature);
};

function guardChannel(channel: Channel, features: Features): Channel {
  const ofChannel = featureOfChannel(channel.name);
  /** Throws where the channel, or what is asked of it, is not listed. */
  const need = (feature = ofChannel): void => {
    for (const needed of [ofChannel, feature]) {
      if (needed !== undefined && !features.has(needed)) throw featureOff(needed);
    }
  };
  return {
    name: channel.name,
    state: channel.state,
    subscribe: () => {
      need();
      return channel.subscribe();
    },
    onPublication: (listener) =>
      channel.onPublication((publication) => {
        if (isListed(publication.data, features)) listener(publication);
      }),
    onGap: (listener) => channel.onGap(listener),
    onJoin: (listener) => {
      need('user_monitoring');
      return channel.onJoin(listener);
    },
    onLeave: (listener) => {
      need('user_monitoring');
      return channel.onLeave(listener);
    },
    async publish(data, options) {
      need();
      return channel.publish(data, options);
    },
    async presence() {
      need('user_monitoring');
      return channel.presence();
    },
    async presenceStats() {
      need('user_monitoring');
      return channel.presenceStats();
    },
    async history(query) {
      need();
      return channel.history(query);
    },
  };
}
