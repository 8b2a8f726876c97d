/** Keys and PUB/SUB channels of the broker. All that belongs to a channel carries its name as hash tag. */

export interface ChannelNames {
  readonly pubSub: string;
  readonly meta: string;
  readonly history: string;
}

/** An empty tag would be none; channel names have no control characters. */
const GUARD = '\u0001';

export function namesOf(prefix: string, channel: string): ChannelNames {
  const pubSub = pubSubOf(prefix, channel);
  return { pubSub, meta: `${pubSub}:m`, history: `${pubSub}:h` };
}

export const pubSubOf = (prefix: string, channel: string): string =>
  channel.startsWith('}') ? `${prefix}:{${GUARD}${channel}}` : `${prefix}:{${channel}}`;

export function channelOf(prefix: string, pubSub: string): string {
  const channel = pubSub.slice(prefix.length + 2, -1);
  return channel.startsWith(GUARD) ? channel.slice(1) : channel;
}
