/**
 * Every bound and delay of the core, with its default, in one place. The configuration table maps
 * operators' settings onto these names; nothing else in the core states a number of this kind.
 */
import type { RateRule } from './rate-limit.ts';

export interface CoreLimits {
  /** Ready connections of this process. */
  readonly maxConnections: number;
  /** Ready connections of one user, 0: no bound. Anonymous people share no user and are not counted. */
  readonly maxConnectionsPerUser: number;
  /** What happens to one more: it is refused, or the user's oldest connection makes room. */
  readonly tooManyConnectionsPolicy: 'reject' | 'evict-oldest';
  readonly maxChannelsPerConnection: number;
  /** Characters. */
  readonly maxChannelLength: number;
  /** What may wait for a socket that does not keep up, before its channels' slow-consumer policy acts. */
  readonly maxQueuedBytes: number;
  /** More missed publications than this are not replayed: the client is told to reload instead. */
  readonly maxRecoveredPublications: number;
  /** Publications one history request may return. */
  readonly maxHistoryPage: number;
  /**
   * Events kept for a subscription that is still being set up (more make it fail, to be tried
   * again), and for a channel whose gap is being healed.
   */
  readonly maxJoinBuffer: number;
  /** An unauthenticated connection is closed after this. */
  readonly authenticateWithinMs: number;
  /** What an expired token is given to be refreshed in. */
  readonly expiredGraceMs: number;
  /** How long a lost connection may take to come back before others see its user leave. */
  readonly leaveGraceMs: number;
  /** A channel without subscribers is let go at the broker this much later. */
  readonly brokerReleaseDelayMs: number;
  /** A lost last publication is found within this. */
  readonly positionCheckIntervalMs: number;
  /** When the broker is back, the checks of all channels are spread over this. */
  readonly reconnectedCheckMs: number;
  /** Nodes that have not answered a question within this are left out of the answer. */
  readonly surveyTimeoutMs: number;
  /** What another node is given to answer a request made to it alone. */
  readonly requestTimeoutMs: number;
  readonly publishPerConnection: RateRule;
  readonly publishPerUser: RateRule;
  readonly commandsPerConnection: RateRule;
  readonly commandsPerUser: RateRule;
  /** Users whose rates are remembered at once. */
  readonly maxRateLimitedUsers: number;
  /** How often nodes tell each other what users took from their rates. */
  readonly rateExchangeIntervalMs: number;
}

export const DEFAULT_CORE_LIMITS: CoreLimits = {
  maxConnections: 20_000,
  maxConnectionsPerUser: 50,
  tooManyConnectionsPolicy: 'reject',
  maxChannelsPerConnection: 128,
  maxChannelLength: 255,
  maxQueuedBytes: 1024 * 1024,
  maxRecoveredPublications: 300,
  maxHistoryPage: 1_000,
  maxJoinBuffer: 8_192,
  authenticateWithinMs: 10_000,
  expiredGraceMs: 25_000,
  leaveGraceMs: 10_000,
  brokerReleaseDelayMs: 1_000,
  positionCheckIntervalMs: 10_000,
  reconnectedCheckMs: 2_000,
  surveyTimeoutMs: 1_000,
  requestTimeoutMs: 5_000,
  publishPerConnection: { burst: 2_000, perSecond: 2_000 },
  publishPerUser: { burst: 5_000, perSecond: 5_000 },
  commandsPerConnection: { burst: 2_000, perSecond: 2_000 },
  commandsPerUser: { burst: 5_000, perSecond: 5_000 },
  maxRateLimitedUsers: 50_000,
  rateExchangeIntervalMs: 200,
};
