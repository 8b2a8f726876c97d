/** What a program sees of the connection: the same whether it is its own or shared with other tabs. */
import type { Method, MethodInput, MethodOutput } from '@carillon/protocol/procedures';
import type { Channel, Gap, Publication } from './channel.ts';
import type { ConnectionState } from './connection/connection-state.ts';
import type { Readable } from './readable.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** @default `requestTimeoutMs` of the client, 10,000 */
  readonly timeoutMs?: number;
}

export interface ServerPublication extends Publication {
  readonly channel: string;
}

export interface Client {
  readonly state: Readable<ConnectionState>;
  /** Who the server says we are; undefined until connected, '' for somebody without a name. */
  readonly user: Readable<string | undefined>;
  /** Starts, also after `closed`; does nothing where it is on its way or there. */
  connect(): void;
  /** Stops and stays stopped. */
  disconnect(): void;
  /** While waiting: now instead of later. */
  retryNow(): void;
  /** The same object for the same name. */
  channel(name: string): Channel;
  /**
   * Calls a procedure. Waits for a connection that is being made.
   * @throws CarillonError
   */
  call<M extends Method>(
    method: M,
    input: MethodInput<M>,
    options?: CallOptions,
  ): Promise<MethodOutput<M>>;
  /** From channels the server subscribed for us: above all `user:<id>`. Returns how to stop. */
  onServerPublication(listener: (publication: ServerPublication) => void): () => void;
  /** Something in such a channel was missed and cannot be brought again: load what it told of anew. */
  onServerGap(listener: (gap: Gap) => void): () => void;
  /** Disconnects and forgets everything; the object is not to be used again. */
  close(): void;
}
