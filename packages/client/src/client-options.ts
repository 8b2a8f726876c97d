/** What can be set, and what is assumed where nothing is. */
import type { BackoffLimits } from './connection/backoff.ts';
import type { TransportName } from './connection/connection-state.ts';
import type { GetToken } from './connection/tokens.ts';
import type { ClientEnvironment } from './environment.ts';

export interface ReconnectOptions extends BackoffLimits {
  /** Retries in a row without success, after which the state is `closed`. A hidden page goes on. */
  readonly maxAttempts: number;
}

export interface ClientOptions {
  /**
   * Where the server is: `https://example.org`, with a path where it has one.
   * @default `location.origin`; needed outside a page
   */
  readonly url?: string;
  /** Who we are. Without it the connection is anonymous, where the server allows that. */
  readonly getToken?: GetToken;
  /**
   * Which ways to try, in this order; what is not there is left out.
   * @default ['websocket', 'http_stream', 'sse']
   */
  readonly transports?: readonly TransportName[];
  /** For one attempt, all its transports and the token together. @default 20_000 */
  readonly connectTimeoutMs?: number;
  /**
   * Silence after which the connection counts as lost; 10 s more than the server's ping interval where
   * that is shorter.
   * @default 45_000
   */
  readonly heartbeatMs?: number;
  /** @default { minMs: 2_000, maxMs: 30_000, maxAttempts: 15 } */
  readonly reconnect?: Partial<ReconnectOptions>;
  /** For a request without a `timeoutMs` of its own. @default 10_000 */
  readonly requestTimeoutMs?: number;
  /** What the server notes of this device. @default what the browser's name says */
  readonly deviceType?: 'mobile' | 'tablet' | 'desktop';
  /** Parts of the runtime to replace: for tests, and for Node (`EventSource`). */
  readonly environment?: Partial<ClientEnvironment>;
}

export const DEFAULT_TRANSPORTS: readonly TransportName[] = ['websocket', 'http_stream', 'sse'];
export const DEFAULT_RECONNECT: ReconnectOptions = { minMs: 2000, maxMs: 30_000, maxAttempts: 15 };
