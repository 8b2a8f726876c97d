/**
 * One connection to Redis that heals itself: when it breaks, a new one is made after a jittered
 * pause, and made ready (`prepare`) before anybody may use it. Nothing waits for a connection that
 * is away: whoever needs one finds out at once. Does not know what is sent over it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'redis';
import type { Clock, Random } from '../../ports/clock.ts';
import type { RedisAddress, RedisLimits } from './connection-options.ts';

export type RedisClient = ReturnType<typeof openClient>;

/** Redis cannot be reached now, or what was sent got no answer: it may or may not have been carried out. */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError';
}

export interface LinkOptions {
  /** Shown in CLIENT LIST. */
  readonly name: string;
  /** Asked before every attempt: the master may have changed. */
  readonly address: () => RedisAddress | Promise<RedisAddress>;
  /** The connection counts as made when this is done. */
  readonly prepare: (client: RedisClient) => Promise<void>;
  /** For one attempt, `prepare` included. */
  readonly timeoutMs: () => number;
  readonly handleConnected: () => void;
  readonly handleLost: (error: Error) => void;
  readonly handleFailedAttempt: (error: Error, attempts: number) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: RedisLimits;
}

const FIRST_DELAY_MS = 50;

export class RedisLink {
  readonly #options: LinkOptions;
  #client: RedisClient | undefined;
  #attempts = 0;
  #isClosed = false;
  #cancelRetry: (() => void) | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Undefined while the connection is away. */
  get client(): RedisClient | undefined {
    return this.#client;
  }

  start(): void {
    void this.#connect();
  }

  /** The connection is of no use any more: what waits on it fails, and another is made. */
  drop(reason: Error): void {
    const client = this.#client;
    if (client !== undefined) this.#lose(client, reason);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelRetry?.();
    this.#client?.destroy();
    this.#client = undefined;
  }

  async #connect(): Promise<void> {
    const { handleConnected, handleFailedAttempt } = this.#options;
    try {
      const client = await this.#open();
      if (this.#isClosed) {
        client.destroy();
        return;
      }
      this.#client = client;
      this.#attempts = 0;
    } catch (error) {
      if (this.#isClosed) return;
      this.#attempts += 1;
      handleFailedAttempt(asError(error), this.#attempts);
      this.#retry();
      return;
    }
    handleConnected();
  }

  async #open(): Promise<RedisClient> {
    const { address, prepare, timeoutMs, limits, name } = this.#options;
    const client = openClient(await address(), { name, limits });
    client.on('error', (error) => this.#lose(client, asError(error)));
    const timeout = new AbortController();
    const late = pause(timeoutMs(), undefined, { ref: false, signal: timeout.signal }).then(() => {
      throw new RedisUnavailableError('no answer in time');
    });
    const opened = client.connect().then(() => prepare(client));
    // Whichever loses the race may still reject.
    for (const each of [late, opened]) each.catch(() => undefined);
    try {
      await Promise.race([opened, late]);
      if (!client.isReady) throw new RedisUnavailableError('the connection broke at once');
      return client;
    } catch (error) {
      client.destroy();
      throw error;
    } finally {
      timeout.abort();
    }
  }

  #lose(client: RedisClient, error: Error): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    client.destroy();
    this.#options.handleLost(error);
    this.#retry();
  }

  /** At first nearly at once, then slower and slower; never all processes at the same moment. */
  #retry(): void {
    if (this.#isClosed) return;
    const { clock, random, limits } = this.#options;
    const longest = Math.min(limits.maxRetryDelayMs, FIRST_DELAY_MS * 2 ** this.#attempts);
    const delayMs =
      this.#attempts === 0 ? random.next() * longest : longest * (0.5 + random.next() / 2);
    this.#cancelRetry = clock.after(delayMs, () => void this.#connect());
  }
}

/** A connection that neither tries again by itself nor keeps commands while it is away. */
export function openClient(
  address: RedisAddress,
  options: { readonly name: string; readonly limits: RedisLimits },
) {
  const { host, port, isTls, username, password, database } = address;
  const { limits, name } = options;
  const socket = {
    host,
    port,
    reconnectStrategy: false as const,
    connectTimeout: limits.connectTimeoutMs,
  };
  return createClient({
    socket: isTls ? { ...socket, tls: true as const } : socket,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    name,
    disableOfflineQueue: true,
    commandsQueueMaxLength: limits.maxPendingCommands,
    maintNotifications: 'disabled',
    // Its own time-out arms a timer per command; the probe notices a connection that hangs.
    commandOptions: { timeout: 0 },
  });
}

export const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));
