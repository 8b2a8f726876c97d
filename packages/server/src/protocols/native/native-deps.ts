/** What the native protocol needs from the rest of the server. */
import type { Authenticator } from '../../ports/authenticator.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ConnectionHandler, Session } from '../../ports/connection-handler.ts';
import type { CredentialResolver } from '../../ports/credentials.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { RpcHandler } from '../../ports/rpc-handler.ts';
import type { WireFormat } from '../../ports/wire-format.ts';
import type { NativeLimits } from './limits.ts';

export interface NativeDeps {
  readonly connections: ConnectionHandler;
  readonly authenticator: Authenticator;
  /** For a connect command without a token: ticket or token of the handshake. */
  readonly credentials: CredentialResolver;
  readonly rpc: RpcHandler;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Of the server, told in the connect reply. */
  readonly version: string;
  /** Whether somebody without any credential may connect, as the user ''. */
  readonly allowsAnonymous: boolean;
  /** Default 25 s. */
  readonly pingIntervalMs?: number;
  /** Close 3012 when a ping is not answered for so long. Default 8 s. */
  readonly pongTimeoutMs?: number;
  readonly limits?: Partial<NativeLimits>;
  /** How bytes look, where it is not for this endpoint to say. Default: NATIVE_JSON. */
  readonly format?: WireFormat;
  /** The `send` command: a message without a reply. Default: not listened to. */
  readonly handleMessage?: (session: Session, data: unknown) => void;
}
