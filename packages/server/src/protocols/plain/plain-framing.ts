/** Texts of plain endpoints as WebSocket frames, and the protocol ping that keeps quiet ones alive. */
import type { ChannelEvent } from '@carillon/protocol';
import { frameText, frameTexts } from '../../transports/websocket/frame.ts';

/**
 * Given to the core as a heartbeat message where clients expect no JSON heartbeat: leaves as a
 * ping frame (RFC 6455 §5.5.2). No client text reaches encodeMessages, so it cannot be forged.
 */
export const PROTOCOL_PING = '\u0000ping';

const PING_BYTES = Buffer.from([0x89, 0]);

export const frameMessages = (messages: readonly string[]): Uint8Array =>
  messages.includes(PROTOCOL_PING)
    ? Buffer.concat(messages.map((text) => (text === PROTOCOL_PING ? PING_BYTES : frameText(text))))
    : frameTexts(messages);

/** The texts of those events that this kind of client is shown; undefined when there are none. */
export const frameEvents = (
  events: readonly ChannelEvent[],
  textOf: (event: ChannelEvent) => string | undefined,
): Uint8Array | undefined => {
  const texts: string[] = [];
  for (const event of events) {
    const text = textOf(event);
    if (text !== undefined) texts.push(text);
  }
  return texts.length === 0 ? undefined : frameTexts(texts);
};

/** A publication as it came; native-only ones and everything else are not for plain clients. */
export const plainData = (event: ChannelEvent): string | undefined =>
  event.type === 'publication' && event.publication.nativeOnly !== true
    ? event.publication.data
    : undefined;
