import type { ChannelEvent } from '@carillon/protocol';

/**
 * How bytes look to one kind of client. One shared object per kind: the hub keys its
 * encode-once cache by identity, so formats hold no per-connection state.
 */
export interface WireFormat {
  readonly name: string;
  /**
   * One tick's events of one channel as bytes ready for the socket (framed), or undefined when
   * this kind of client is shown none of them. Called once per format, channel and tick.
   */
  encodeEvents(channel: string, events: readonly ChannelEvent[]): Uint8Array | undefined;
  /** A connection's own messages of one tick (replies, pushes, system texts), framed. */
  encodeMessages(messages: readonly string[]): Uint8Array;
}
