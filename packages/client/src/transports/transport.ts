/** The contract of all transports: one attempt at one connection, that carries text both ways in order. */
import type { CloseReason } from '../connection/connection-state.ts';
import type { ClientEnvironment } from '../environment.ts';

/** The end of a transport that said nothing about why, as WebSocket has it. */
export const ABNORMAL_CLOSE = 1006;

export interface TransportOptions {
  /** `http(s)://host/prefix/connection`, without a slash at the end. */
  readonly base: string;
  /** Query with its question mark, or ''. */
  readonly query: string;
  /** The connect command. */
  readonly first: string;
  readonly environment: ClientEnvironment;
  /** One or several messages, a line each. */
  readonly onText: (text: string) => void;
  /** Once, unless `close` came first; then nothing more. */
  readonly onClose: (why: CloseReason) => void;
}

export interface Transport {
  /** Waits where the transport is not ready; never throws. */
  readonly send: (text: string) => void;
  /** What the server answered to the connect command: where to post to. */
  readonly welcome: (session: string, node: string) => void;
  /** Ends it silently. */
  readonly close: () => void;
}

export type OpenTransport = (options: TransportOptions) => Transport;
