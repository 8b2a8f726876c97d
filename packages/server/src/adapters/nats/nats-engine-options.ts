/** What the NATS engine is made from. Settings come from NATS_*, the rest from whoever wires it. */
import type { Clock, Random } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';

export interface NatsEngineOptions {
  /** NATS_URL: one address or several of one NATS cluster, `nats://[user:password@]host:port`. */
  readonly servers: readonly string[];
  /** NATS_CREDENTIALS_PATH: a `.creds` file. */
  readonly credentialsPath?: string | undefined;
  /** NATS_PREFIX: begins the name of every subject and stream. Default `carillon`. */
  readonly prefix?: string | undefined;
  /** Unique per process and start. */
  readonly nodeId: string;
  readonly nodeName: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits?: Partial<NatsLimits> | undefined;
}

export interface NatsLimits {
  /** How long a start waits for a NATS that is away. */
  readonly connectTimeoutMs: number;
  /** How long one request to NATS may take before it counts as failed. */
  readonly requestTimeoutMs: number;
  /** How often the connection is tried; two tries without an answer end it. */
  readonly pingIntervalMs: number;
  /** How long a newcomer waits for others to show up: the first of all cannot know that it is. */
  readonly greetingMs: number;
  readonly heartbeatMs: number;
  /** A node that was silent for so long is dead, and its members with it. */
  readonly nodeTimeoutMs: number;
  /** How long questions to the other nodes wait for one that does not answer. */
  readonly questionTimeoutMs: number;
  /** Histories of one namespace, in bytes on the disk of NATS; beyond, the oldest go. */
  readonly maxHistoryBytes: number;
  /** A channel's position outlives its history by this much, longer while somebody is subscribed. */
  readonly positionTtlMs: number;
  /** The same idempotency key is recognised for so long. */
  readonly idempotencyTtlMs: number;
  /** Channels whose last position this node remembers, to publish without asking first. */
  readonly maxKnownChannels: number;
  /** Publications that wait for NATS at once, on this node. */
  readonly maxPendingPublications: number;
  readonly ticketLifetimeMs: number;
  /** What others took of a shared rate is forgotten after so long. */
  readonly forgetRatesAfterMs: number;
}

export const DEFAULT_NATS_LIMITS: NatsLimits = {
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 5_000,
  pingIntervalMs: 2_000,
  greetingMs: 150,
  heartbeatMs: 3_000,
  nodeTimeoutMs: 10_000,
  questionTimeoutMs: 500,
  maxHistoryBytes: 256 * 1024 * 1024,
  positionTtlMs: 24 * 60 * 60_000,
  idempotencyTtlMs: 5 * 60_000,
  maxKnownChannels: 50_000,
  maxPendingPublications: 50_000,
  ticketLifetimeMs: 60_000,
  forgetRatesAfterMs: 10_000,
};
