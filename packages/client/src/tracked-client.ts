/** A client whose place in each stream can be read and set, for tabs that hand a connection on. Not for programs. */
import type { StreamPosition } from './channel.ts';
import type { Client } from './client.ts';

export interface TrackedClient extends Client {
  position(channel: string): StreamPosition | undefined;
  /** In the channels that the server has subscribed. */
  serverPositions(): Readonly<Record<string, StreamPosition>>;
  /** Before the channel is subscribed, or before connecting where the server subscribes it. */
  resume(channel: string, position: StreamPosition, isServerSide: boolean): void;
}
