/** Everything addressed to one person, as it was published: A5 events, notifications, their echo. */
import type { ChannelEvent } from '@carillon/protocol';
import type { WireFormat } from '../../ports/wire-format.ts';
import { ECHO_PREFIX } from './plain-channels.ts';
import { frameEvents, frameMessages, plainData } from './plain-framing.ts';

/** An echo travels as a JSON string, because every publication is JSON; it leaves as the bare text. */
const echoText = (event: ChannelEvent): string | undefined => {
  const data = plainData(event);
  if (data === undefined) return undefined;
  const text: unknown = JSON.parse(data);
  return typeof text === 'string' ? text : undefined;
};

export const USER_FORMAT: WireFormat = {
  name: 'plain-user',
  encodeEvents: (channel, events) =>
    frameEvents(events, channel.startsWith(ECHO_PREFIX) ? echoText : plainData),
  encodeMessages: frameMessages,
};
