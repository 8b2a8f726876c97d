/** What one plain connection may do, and how often it is spoken to. The defaults stand here only. */
import type { RateRule } from '../../core/rate-limit.ts';

export interface PlainLimits {
  /** Characters of a user or room name. */
  readonly maxNameLength: number;
  /** Characters of one message, chat or echo to oneself. */
  readonly maxMessageLength: number;
  /** Messages of one connection; beyond: error 111. */
  readonly messageRate: RateRule;
  /** The same for `/ws`, which costs nobody but its sender. */
  readonly echoRate: RateRule;
  /** That many bad frames in a row close the connection. */
  readonly maxBadFrames: number;
  /** Frames and bytes kept while a token is being checked. */
  readonly maxEarlyFrames: number;
  readonly maxEarlyBytes: number;
  /** Room messages shown to who joins. */
  readonly historyOnJoin: number;
  /** Of the notification and task endpoints, and of the protocol pings of the others. */
  readonly heartbeatIntervalMs: number;
  /** `/ws/chat/{username}/heartbeat`: how often the server pings. */
  readonly chatPingIntervalMs: number;
  /** The same endpoint: silence that ends the connection. */
  readonly chatIdleTimeoutMs: number;
}

export const DEFAULT_PLAIN_LIMITS: PlainLimits = {
  maxNameLength: 64,
  maxMessageLength: 4000,
  messageRate: { burst: 20, perSecond: 2 },
  echoRate: { burst: 1000, perSecond: 100 },
  maxBadFrames: 10,
  maxEarlyFrames: 64,
  maxEarlyBytes: 64 * 1024,
  historyOnJoin: 50,
  heartbeatIntervalMs: 30_000,
  chatPingIntervalMs: 10_000,
  chatIdleTimeoutMs: 30_000,
};
