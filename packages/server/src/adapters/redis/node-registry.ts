/**
 * Which nodes are alive, as Redis knows it, and the name under which this node's entries stand
 * there. A node that is not heard of for 10 s is dead for good: should it come back, or should Redis
 * come back, everything is entered again under a new name, and what stood under the old one is
 * swept. So nothing has to be refreshed one by one, and nothing wrong outlives its node. Knows no
 * connections and no members; whoever enters some registers a restorer.
 */
import type { Clock, Random } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { BEAT, ONLINE_USERS, REGISTER, RETIRE, SWEEP } from './directory-scripts.ts';
import type { RedisConnections } from './redis-connections.ts';

export interface NodeTimes {
  /** How often a node says that it lives. */
  readonly heartbeatMs: number;
  /** Silent for so long, a node is dead: its entries end. */
  readonly deadAfterMs: number;
}

export const DEFAULT_NODE_TIMES: NodeTimes = { heartbeatMs: 3_000, deadAfterMs: 10_000 };

export interface NodeRegistryOptions {
  readonly connections: RedisConnections;
  /** Unique per process. */
  readonly nodeId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly times?: Partial<NodeTimes>;
}

/** How long what is a node's own may lie about when nobody is left to sweep it. */
const KEEP_MS = 600_000;
/** An old name is swept when everything stands under the new one, or after this. */
const RESTORE_GRACE_MS = 5_000;
const SWEEP_USERS = 500;
const START_WITHIN_MS = 5_000;
const START_PAUSE_MS = 250;
/** Users swept before a closing node leaves the rest to others: 100,000. */
const CLOSING_SWEEPS = 200;

export const nodeIdOf = (incarnation: string): string =>
  incarnation.slice(0, incarnation.lastIndexOf('/'));

export class NodeRegistry {
  readonly #options: NodeRegistryOptions;
  readonly #times: NodeTimes;
  readonly #keys: readonly [string, string, string];
  /** Keys of single nodes begin with it. */
  readonly prefix: string;
  readonly #restorers: ((incarnation: string) => Promise<void>)[] = [];
  readonly #beatListeners: (() => void)[] = [];
  readonly #deathListeners: ((nodeId: string) => void)[] = [];
  readonly #sweeping = new Set<string>();
  #incarnation = '';
  #live: ReadonlySet<string> = new Set();
  #renewal: Promise<void> | undefined;
  #isDoubtful = false;
  #isClosed = false;
  #closing: Promise<void> | undefined;
  #cancelBeat: (() => void) | undefined;
  #stopListening: (() => void) | undefined;

  constructor(options: NodeRegistryOptions) {
    this.#options = options;
    this.#times = { ...DEFAULT_NODE_TIMES, ...options.times };
    this.prefix = `${options.connections.prefix}:{${ONLINE_USERS}}:`;
    this.#keys = [`${this.prefix}nodes`, `${this.prefix}dead`, ONLINE_USERS];
  }

  /** KEYS of every script in directory-scripts.ts. */
  get keys(): readonly [string, string, string] {
    return this.#keys;
  }

  get incarnation(): string {
    return this.#incarnation;
  }

  /** What is a node's own outlives the node by so much, ms, if nobody sweeps it. */
  get keepMs(): number {
    return KEEP_MS;
  }

  /** A node that missed its last heartbeat counts no more where somebody would be refused for it. */
  get silentAfterMs(): number {
    return this.#times.heartbeatMs + Math.min(2_000, this.#times.heartbeatMs);
  }

  /** Incarnations that were alive when last asked. */
  get live(): ReadonlySet<string> {
    return this.#live;
  }

  /** Rejects when Redis, although connected, does not take this node for 5 s (a cluster that just formed). */
  async start(): Promise<void> {
    this.#stopListening = this.#options.connections.onReconnected(() => this.#renewSoon());
    const { clock } = this.#options;
    const deadlineMs = clock.monotonic() + START_WITHIN_MS;
    for (;;) {
      try {
        await this.renew();
        break;
      } catch (error) {
        if (clock.monotonic() >= deadlineMs) throw error;
      }
      await new Promise<void>((resolve) => clock.after(START_PAUSE_MS, resolve));
    }
    this.#armBeat();
  }

  /** Enters everything again; awaited before the old name is swept. */
  onRenewed(restore: (incarnation: string) => Promise<void>): void {
    this.#restorers.push(restore);
  }

  onBeat(listener: () => void): void {
    this.#beatListeners.push(listener);
  }

  /** A node of another process ended, in whatever way. */
  onDied(listener: (nodeId: string) => void): void {
    this.#deathListeners.push(listener);
  }

  /** Something was not written: at the next heartbeat everything is entered again. */
  doubt(): void {
    this.#isDoubtful = true;
  }

  /** A new name, and everything entered again under it. Rejects while Redis is away. */
  renew(): Promise<void> {
    this.#renewal ??= this.#renew().finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  /** Asks who is alive now. Rejects while Redis is away. */
  async askLive(): Promise<ReadonlySet<string>> {
    await this.#ask();
    return this.#live;
  }

  /** Leaves at once, for all others to see. Again: nothing. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelBeat?.();
    this.#stopListening?.();
    try {
      await this.#renewal;
      await this.#options.connections.run(RETIRE, this.#keys, [this.prefix, this.#incarnation]);
      await this.#sweep(this.#incarnation, CLOSING_SWEEPS);
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'a closing node left its entries to expire');
    }
  }

  async #renew(): Promise<void> {
    const { connections, nodeId, random } = this.#options;
    this.#isDoubtful = false;
    const old = this.#incarnation;
    const next = `${nodeId}/${random.id().slice(0, 8)}`;
    try {
      const live = await connections.run(REGISTER, this.#keys, [
        this.prefix,
        next,
        old,
        String(RESTORE_GRACE_MS),
        String(this.#times.deadAfterMs),
        String(this.#sharedTtlMs),
        String(KEEP_MS),
      ]);
      this.#incarnation = next;
      this.#note(textsOf(live));
      await Promise.all(this.#restorers.map((restore) => restore(next)));
      if (old !== '') await connections.run(RETIRE, this.#keys, [this.prefix, old]);
    } catch (error) {
      this.#isDoubtful = true;
      throw error;
    }
  }

  /** With nobody left to sweep, what is shared ends by itself: within 15 s, as with somebody. */
  get #sharedTtlMs(): number {
    return Math.round(this.#times.deadAfterMs + 1.5 * this.#times.heartbeatMs);
  }

  /** Redis came back while another return was still being worked off: that one is worth nothing. */
  #renewSoon(): void {
    const renewal = this.#renewal;
    const begin = (): void => {
      if (this.#isClosed) return;
      this.renew().catch((error: unknown) => {
        this.#options.logger.warn({ err: error }, 'this node could not be entered again yet');
      });
    };
    if (renewal === undefined) begin();
    else renewal.then(begin, begin);
  }

  #armBeat(): void {
    if (this.#isClosed) return;
    this.#cancelBeat = this.#options.clock.after(this.#times.heartbeatMs, () => {
      this.#beat()
        .catch((error: unknown) => {
          this.#options.logger.debug({ err: error }, 'a heartbeat did not reach Redis');
        })
        .finally(() => this.#armBeat());
    });
  }

  async #beat(): Promise<void> {
    const isKnown = await this.#ask();
    if (this.#isClosed) return;
    if (!isKnown || this.#isDoubtful) await this.renew();
    for (const listener of this.#beatListeners) listener();
  }

  async #ask(): Promise<boolean> {
    const asked = this.#incarnation;
    const answer = await this.#options.connections.run(BEAT, this.#keys, [
      this.prefix,
      asked,
      String(this.#times.deadAfterMs),
      String(this.#sharedTtlMs),
      String(KEEP_MS),
    ]);
    const [isKnown, live, dead] = Array.isArray(answer) ? answer : [];
    // An answer that was overtaken by a renewal says nothing about the new name.
    if (asked === this.#incarnation) this.#note(textsOf(live));
    for (const incarnation of textsOf(dead)) void this.#sweepQuietly(incarnation);
    return isKnown === 1 || asked !== this.#incarnation;
  }

  #note(live: readonly string[]): void {
    const before = new Set([...this.#live].map(nodeIdOf));
    this.#live = new Set(live);
    for (const incarnation of live) before.delete(nodeIdOf(incarnation));
    before.delete(this.#options.nodeId);
    for (const nodeId of before) {
      this.#options.logger.info({ nodeId }, 'a node is gone');
      for (const listener of this.#deathListeners) listener(nodeId);
    }
  }

  async #sweepQuietly(incarnation: string): Promise<void> {
    if (this.#isClosed || this.#sweeping.has(incarnation)) return;
    this.#sweeping.add(incarnation);
    try {
      await this.#sweep(incarnation, Number.POSITIVE_INFINITY);
    } catch (error) {
      this.#options.logger.debug({ err: error, incarnation }, 'sweeping goes on later');
    } finally {
      this.#sweeping.delete(incarnation);
    }
  }

  async #sweep(incarnation: string, times: number): Promise<void> {
    const args = [this.prefix, incarnation, String(SWEEP_USERS)];
    for (let count = 0; count < times; count += 1) {
      const hasMore = await this.#options.connections.run(SWEEP, this.#keys, args);
      if (hasMore !== 1) return;
    }
  }
}

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
