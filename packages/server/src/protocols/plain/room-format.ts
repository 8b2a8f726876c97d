/**
 * A room as plain clients of one language see it: messages unchanged, arrivals and departures as
 * sentences, private messages unchanged.
 */
import type { ChannelEvent } from '@carillon/protocol';
import type { Clock, Random } from '../../ports/clock.ts';
import type { WireFormat } from '../../ports/wire-format.ts';
import type { Language } from './language.ts';
import { nameOf } from './people.ts';
import { systemFrame } from './plain-frames.ts';
import { frameEvents, frameMessages, plainData } from './plain-framing.ts';
import { SYSTEM_TEXTS } from './system-texts.ts';

export interface RoomFormatDeps {
  /** Live connections in a channel on this node: told with a notice that brings no number of its own. */
  readonly subscriberCount: (channel: string) => number;
  readonly clock: Clock;
  readonly random: Random;
}

export const createRoomFormat = (deps: RoomFormatDeps, language: Language): WireFormat => {
  const texts = SYSTEM_TEXTS[language];
  const notice = (channel: string, message: string, clients: number | undefined): string =>
    systemFrame({
      message,
      connectedCount: clients ?? deps.subscriberCount(channel),
      id: deps.random.id(),
      atMs: deps.clock.now(),
    });
  const textOf = (channel: string, event: ChannelEvent): string | undefined => {
    switch (event.type) {
      case 'publication':
        return plainData(event);
      case 'join':
        return notice(channel, texts.joined(nameOf(event.info)), event.clients);
      case 'leave':
        return notice(channel, texts.left(nameOf(event.info)), event.clients);
    }
  };
  return {
    name: `plain-chat:${language}`,
    encodeEvents: (channel, events) => frameEvents(events, (event) => textOf(channel, event)),
    encodeMessages: frameMessages,
  };
};
