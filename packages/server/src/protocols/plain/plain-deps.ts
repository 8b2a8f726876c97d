/** Everything the plain endpoints use of the rest of the server; the roles put it together. */
import type { Rooms } from '../../domain/chat/rooms.ts';
import type { TaskService } from '../../domain/tasks/task-service.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { ConnectionHandler } from '../../ports/connection-handler.ts';
import type { CredentialResolver } from '../../ports/credentials.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ChannelAdmin, ConnectionRegistry, Publisher } from '../../ports/server-api.ts';
import type { PlainLimits } from './plain-limits.ts';

/** Where a name may be used without proof. Settled at start-up. */
export interface AnonymousPolicy {
  /** The server listens on loopback only and NODE_ENV is not `production`. */
  readonly open: boolean;
  /** ALLOW_ANONYMOUS: `/ws` and `/ws/chat*`, never `/ws/{user_id}`. */
  readonly byAllowAnonymous: boolean;
}

export interface PlainDeps {
  readonly connections: ConnectionHandler;
  readonly credentials: CredentialResolver;
  readonly rooms: Rooms;
  readonly tasks: TaskService;
  readonly publisher: Publisher;
  readonly registry: ConnectionRegistry;
  readonly channelAdmin: ChannelAdmin;
  /** Live connections in a channel; asked while notices are encoded, so it answers at once. */
  readonly subscriberCount: (channel: string) => number;
  readonly anonymous: AnonymousPolicy;
  readonly limits: PlainLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
}
