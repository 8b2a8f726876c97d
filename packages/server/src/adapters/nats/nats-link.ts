/**
 * The one connection of a process to NATS: made within a deadline, kept up for ever. It knows
 * whether NATS can be reached, refuses at once while it cannot (nothing piles up for later), and
 * tells its parts when NATS is back; subscriptions are then in force again.
 */
import { readFile } from 'node:fs/promises';
import { connect, credsAuthenticator } from '@nats-io/transport-node';
import type { Msg, MsgHdrs, NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';
import { errors } from '@nats-io/nats-core';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { parseNatsAddresses } from './nats-address.ts';
import type { NatsEngineOptions, NatsLimits } from './nats-engine-options.ts';

/** NATS cannot be reached now: nothing was sent, or nobody knows whether it was. */
export class NatsAwayError extends Error {
  override readonly name = 'NatsAwayError';
}

/** The connection is up, and yet nobody answered in time. */
export class NatsSilentError extends NatsAwayError {}

export interface RequestOptions {
  readonly headers?: MsgHdrs;
  readonly timeoutMs?: number;
}

const RETRY_MS = 250;
const MAX_UNANSWERED_PINGS = 2;

/** @throws Error that names the setting, when no server answers in time or refuses the credentials. */
export async function openNatsLink(
  options: NatsEngineOptions,
  limits: NatsLimits,
): Promise<NatsLink> {
  const connection = await connectWithin(await connectionOptions(options, limits), options, limits);
  return new NatsLink(connection, options, limits.requestTimeoutMs);
}

export class NatsLink {
  readonly connection: NatsConnection;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #requestTimeoutMs: number;
  readonly #lost = new Set<(error: Error) => void>();
  readonly #returned = new Set<() => void>();
  #isUp = true;
  #flush: Promise<void> | undefined;

  constructor(
    connection: NatsConnection,
    { logger, metrics, clock }: Pick<NatsEngineOptions, 'logger' | 'metrics' | 'clock'>,
    requestTimeoutMs: number,
  ) {
    this.connection = connection;
    this.#logger = logger;
    this.#metrics = metrics;
    this.#clock = clock;
    this.#requestTimeoutMs = requestTimeoutMs;
    void this.#watch();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** What may travel in one message, in bytes. */
  get maxPayload(): number {
    return this.connection.info?.max_payload ?? 1024 * 1024;
  }

  /** Called each time NATS is back. The result ends it. */
  onReturned(callback: () => void): () => void {
    this.#returned.add(callback);
    return () => this.#returned.delete(callback);
  }

  /** @throws NatsAwayError */
  publish(subject: string, payload: Uint8Array | string, reply?: string): void {
    this.#requireUp();
    this.connection.publish(subject, payload, reply === undefined ? {} : { reply });
  }

  /** Rejects with NatsAwayError while NATS is away, and as soon as the connection is lost. */
  request(
    subject: string,
    payload: Uint8Array | string,
    options: RequestOptions = {},
  ): Promise<Msg> {
    const { headers, timeoutMs: timeout = this.#requestTimeoutMs } = options;
    return this.untilLost(
      () =>
        this.connection.request(subject, payload, {
          timeout,
          ...(headers === undefined ? {} : { headers }),
        }),
      subject,
    );
  }

  /**
   * Runs what asks NATS; a lost connection ends the wait, for no answer can come any more.
   * @param what is asked, for the message when nobody answers.
   */
  untilLost<T>(ask: () => Promise<T>, what: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#requireUp();
      this.#lost.add(reject);
      const fail = (error: unknown): void => {
        const isSilence = error instanceof errors.TimeoutError;
        reject(isSilence ? new NatsSilentError(`NATS did not answer in time: ${what}`) : error);
      };
      ask()
        .finally(() => this.#lost.delete(reject))
        .then(resolve, fail);
    });
  }

  /** Resolves when NATS has processed all that was sent; calls of one tick share the round trip. */
  flushed(): Promise<void> {
    this.#flush ??= Promise.resolve().then(() => {
      this.#flush = undefined;
      const startedAt = this.#clock.monotonic();
      return this.untilLost(() => this.connection.flush(), 'ping').then(() => {
        const seconds = (this.#clock.monotonic() - startedAt) / 1000;
        this.#metrics.observe('broker_round_trip_seconds', seconds);
      });
    });
    return this.#flush;
  }

  /** In force at once, or, while NATS is away, as soon as it is back. The result ends it. */
  subscribe(subject: string, handle: (message: Msg) => void, queue?: string): () => void {
    const subscription = this.connection.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      callback: (error, message) => {
        try {
          if (error === null) handle(message);
          else this.#logger.warn({ err: error, subject }, 'NATS refused a subscription');
        } catch (thrown) {
          // A throw in here would end the reading of the connection.
          this.#logger.error({ err: thrown, subject }, 'a message from NATS could not be handled');
        }
      },
    });
    return () => {
      if (!this.connection.isClosed()) subscription.unsubscribe();
    };
  }

  async close(): Promise<void> {
    this.#setDown('the connection to NATS is closed');
    this.#returned.clear();
    await this.connection.close();
  }

  #requireUp(): void {
    if (!this.#isUp) throw new NatsAwayError('NATS cannot be reached');
  }

  #setDown(reason: string): void {
    this.#isUp = false;
    const waiting = [...this.#lost];
    this.#lost.clear();
    for (const reject of waiting) reject(new NatsAwayError(reason));
  }

  async #watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') {
        if (!this.#isUp) continue;
        this.#logger.warn({}, 'the connection to NATS is lost');
        this.#setDown('the connection to NATS was lost');
      } else if (status.type === 'reconnect') {
        this.#isUp = true;
        this.#metrics.count('broker_reconnects_total', 1);
        this.#logger.info({}, 'NATS is back');
        for (const callback of this.#returned) callback();
      } else if (status.type === 'close') {
        this.#setDown('the connection to NATS is closed');
      } else if (status.type === 'error') {
        this.#logger.warn({ err: status.error }, 'NATS reported an error');
      }
    }
  }
}

async function connectionOptions(
  options: NatsEngineOptions,
  limits: NatsLimits,
): Promise<NodeConnectionOptions> {
  const { credentialsPath, servers, nodeName } = options;
  return {
    ...parseNatsAddresses(servers),
    name: nodeName,
    timeout: 2_000,
    pingInterval: limits.pingIntervalMs,
    maxPingOut: MAX_UNANSWERED_PINGS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_MS,
    reconnectJitter: RETRY_MS,
    // Credentials may be put right while we wait; nobody is sent away for it.
    ignoreAuthErrorAbort: true,
    noAsyncTraces: true,
    ...(credentialsPath === undefined
      ? {}
      : { authenticator: credsAuthenticator(await readFile(credentialsPath)) }),
  };
}

async function connectWithin(
  connection: NodeConnectionOptions,
  options: NatsEngineOptions,
  limits: NatsLimits,
): Promise<NatsConnection> {
  const hosts = parseNatsAddresses(options.servers).servers.join(', ');
  const deadline = options.clock.monotonic() + limits.connectTimeoutMs;
  for (;;) {
    try {
      return await connect(connection);
    } catch (error) {
      const isRefused = error instanceof errors.AuthorizationError;
      if (isRefused || options.clock.monotonic() + RETRY_MS >= deadline) {
        throw new Error(`NATS_URL: ${reasonOf(error, isRefused)} (${hosts})`, {
          cause: error,
        });
      }
      await new Promise<void>((resolve) => {
        setTimeout(resolve, RETRY_MS);
      });
    }
  }
}

function reasonOf(error: unknown, isRefused: boolean): string {
  if (isRefused)
    return 'NATS refuses the credentials; check user and password or NATS_CREDENTIALS_PATH';
  return `no NATS server answers: ${error instanceof Error ? error.message : String(error)}`;
}
