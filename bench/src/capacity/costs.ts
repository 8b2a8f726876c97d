/**
 * What one thing costs, as measured on the machine that docs/capacity.md names. Each figure says
 * which run it is from; on other machines run those and put yours here.
 */
export interface Costs {
  /** Resident KiB of a WebSocket process per idle connection. */
  readonly kibPerConnection: number;
  /** Server CPU µs: a publication written to one of a small group's connections. */
  readonly usPerDelivery: number;
  /** Server CPU µs: handshake, token, two subscriptions. */
  readonly usPerConnect: number;
  /** Server CPU µs per idle connection and second. */
  readonly usPerIdleSecond: number;
  /** CPU µs of the process that publishes, per publication through Redis. */
  readonly usPerPublish: number;
  /** CPU µs of a process per publication that Redis brings it, before deliveries. */
  readonly usPerReceive: number;
  /** CPU µs of a Redis server per publication (script with history). */
  readonly redisUsPerPublish: number;
  /** CPU µs of a Redis server per process that it forwards a publication to. */
  readonly redisUsPerForward: number;
  /** CPU µs of the directory's Redis server per connection that is entered. */
  readonly redisUsPerEntry: number;
  /** Messages a second that one database stores and acknowledges. */
  readonly storedPerSecond: number;
}

/**
 * Connections, deliveries and pings: P2, P3, P7 and P11 of the newest run in bench/results. Redis:
 * docs/redis.md and docs/redis-state.md (history and idempotency key; 20 nodes). Storing:
 * docs/postgresql.md, 128 under way. Publishing: bench/src/capacity/publishing.ts, and 11 µs for Redis.
 */
export const MEASURED: Costs = {
  kibPerConnection: 9.4,
  usPerDelivery: 11.6,
  usPerConnect: 157,
  usPerIdleSecond: 2.03,
  usPerPublish: 90,
  usPerReceive: 3,
  redisUsPerPublish: 17,
  redisUsPerForward: 0.9,
  redisUsPerEntry: 46,
  storedPerSecond: 20_000,
};
