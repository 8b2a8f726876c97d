/**
 * A Redis stream, read as a member of a consumer group. Each entry has the message in its field
 * `message`. What a dead member left is claimed when nobody has touched it for its lease; what
 * is in hand is touched in time. Dead letters go to the stream `<stream>:dead`, with the reason.
 */
import type * as NodeRedis from 'redis';
import type { QueueHandler, QueueSource, QueueState } from '../../ports/queue-source.ts';
import { loadClient } from './client-module.ts';
import { createInHand, type InHand } from './in-hand.ts';
import {
  CONNECT_TIMEOUT_MS,
  pause,
  repeatedly,
  RETRY_MS,
  type SourceOptions,
} from './source-options.ts';

export interface RedisStreamOptions extends SourceOptions {
  /** `redis://[user:password@]host:port[/database]`, `rediss://…` with TLS. */
  readonly url: string;
  readonly stream: string;
  readonly group: string;
  /** This member of the group; unique among the running ones. */
  readonly member: string;
}

type Client = Pick<typeof NodeRedis, 'createClient'>;

/** What is used of the client; commands are spelt out, as its command types differ between protocols. */
interface Redis {
  readonly isReady: boolean;
  connect(): Promise<unknown>;
  close(): Promise<unknown>;
  destroy(): void;
  sendCommand(command: string[]): Promise<unknown>;
}

interface Entry {
  readonly id: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly redeliveries: number;
}

/** Also what an end may have to wait for. */
const BLOCK_MS = 500;
const CLAIM_COUNT = 100;
const MAX_RECONNECT_MS = 2_000;

/** @throws Error when the package `redis` is not installed. */
export async function loadRedisStreams(): Promise<(options: RedisStreamOptions) => QueueSource> {
  const client = await loadClient('redis', {
    setting: 'QUEUE_REDIS_URL',
    load: () => import('redis'),
  });
  return (options) => new RedisSource(client, options);
}

class RedisSource implements QueueSource {
  readonly name = 'redis';
  readonly #options: RedisStreamOptions;
  readonly #inHand: InHand;
  readonly #leaseMs: number;
  readonly #ids = new Set<string>();
  /** Blocks; everything else goes over the other. */
  readonly #reader: Redis;
  readonly #writer: Redis;
  #reading: Promise<void> = Promise.resolve();
  #stopTouching = (): void => undefined;
  #isClosing = false;
  #isGroupGone = false;
  #claimAt = 0;

  constructor(client: Client, options: RedisStreamOptions) {
    this.#options = options;
    this.#inHand = createInHand(options.prefetch);
    this.#leaseMs = options.leaseMs;
    const make = (): Redis => {
      const made = client.createClient({
        url: options.url,
        name: 'carillon-queue',
        RESP: 2,
        socket: {
          connectTimeout: CONNECT_TIMEOUT_MS,
          reconnectStrategy: (retries) =>
            Math.min(MAX_RECONNECT_MS, 50 * 2 ** Math.min(retries, 10)),
        },
      });
      made.on('error', (error) => {
        options.logger.debug({ reason: String(error) }, 'Redis: connection lost or refused');
      });
      return made;
    };
    this.#reader = make();
    this.#writer = make();
  }

  async start(handler: QueueHandler): Promise<void> {
    const { clock } = this.#options;
    await inTime(clock, Promise.all([this.#reader.connect(), this.#writer.connect()]));
    await this.#createGroup();
    this.#stopTouching = repeatedly(
      { clock, ms: this.#leaseMs / 3, onError: () => undefined },
      () => this.#touch([...this.#ids], 0),
    );
    this.#reading = this.#read(handler);
  }

  async #createGroup(): Promise<void> {
    const { stream, group } = this.#options;
    try {
      await this.#send(['XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM']);
    } catch (error) {
      if (!String(error).includes('BUSYGROUP')) throw error;
    }
  }

  async inspect(): Promise<QueueState> {
    if (!this.#writer.isReady) throw new Error('not connected to Redis');
    const { stream, group } = this.#options;
    const groups = asList(await this.#send(['XINFO', 'GROUPS', stream]));
    for (const each of groups) {
      const found = asMap(asList(each));
      const lag = found.get('lag');
      if (found.get('name') === group) return typeof lag === 'number' ? { waiting: lag } : {};
    }
    throw new Error(`the group ${group} is gone`);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#reading;
    await this.#inHand.whenEmpty();
    this.#stopTouching();
    for (const client of [this.#reader, this.#writer]) {
      if (client.isReady) await client.close();
      else client.destroy();
    }
  }

  async #read(handler: QueueHandler): Promise<void> {
    const { clock, logger } = this.#options;
    while (!this.#isClosing) {
      try {
        if (this.#isGroupGone) await this.#createGroup();
        this.#isGroupGone = false;
        await this.#inHand.whenFree();
        for (const entry of await this.#next()) {
          if (this.#ids.has(entry.id)) continue;
          this.#ids.add(entry.id);
          const handled = this.#handle(entry, handler).finally(() => this.#ids.delete(entry.id));
          this.#inHand.add(handled);
        }
      } catch (error) {
        if (this.#isClosing) return;
        // A Redis that came back without its data has no group either.
        this.#isGroupGone = String(error).includes('NOGROUP');
        logger.warn({ reason: String(error) }, 'Redis: reading failed');
        await pause(clock, RETRY_MS);
      }
    }
  }

  /** What others left comes before what is new: it is older. */
  async #next(): Promise<readonly Entry[]> {
    const { clock, stream, group, member } = this.#options;
    if (clock.monotonic() >= this.#claimAt) {
      const claimed = await this.#claim();
      if (claimed.length > 0) return claimed;
      this.#claimAt = clock.monotonic() + this.#leaseMs / 2;
    }
    if (this.#isClosing) return [];
    const answer = await this.#reader.sendCommand(
      ['XREADGROUP', 'GROUP', group, member].concat(
        ['COUNT', String(this.#inHand.free), 'BLOCK', String(BLOCK_MS)],
        ['STREAMS', stream, '>'],
      ),
    );
    const [read] = answer === null ? [] : asList(answer);
    return read === undefined ? [] : entriesOf(asList(read)[1]);
  }

  async #claim(): Promise<readonly Entry[]> {
    const { stream, group, member } = this.#options;
    const count = String(Math.min(CLAIM_COUNT, this.#inHand.free));
    const answer = await this.#send(
      ['XAUTOCLAIM', stream, group, member].concat([String(this.#leaseMs), '0'], ['COUNT', count]),
    );
    const entries = entriesOf(asList(answer)[1]);
    return Promise.all(
      entries.map(async (entry) => {
        const pending = await this.#send(['XPENDING', stream, group, entry.id, entry.id, '1']);
        const [found] = asList(pending);
        const deliveries = found === undefined ? 2 : Number(asList(found)[3]);
        return { ...entry, redeliveries: deliveries - 1 };
      }),
    );
  }

  /** Theirs who hold it, untouched for `idleMs`; counts as no delivery. */
  async #touch(ids: readonly string[], idleMs: number): Promise<void> {
    if (ids.length === 0) return;
    const { stream, group, member } = this.#options;
    const idle = ['IDLE', String(Math.max(0, idleMs)), 'JUSTID'];
    await this.#send(['XCLAIM', stream, group, member, '0', ...ids, ...idle]);
  }

  async #handle({ id, fields, redeliveries }: Entry, handler: QueueHandler): Promise<void> {
    const { stream, group, logger } = this.#options;
    const key = fields.get('key') ?? '';
    try {
      const settlement = await handler({
        body: Buffer.from(fields.get('message') ?? ''),
        id: `${stream}:${id}`,
        ...(key !== '' && { key }),
        redeliveries,
      });
      if (settlement.type === 'retry') {
        // A stream takes nothing back: it is claimed by whoever comes, when the delay is over.
        await this.#touch([id], this.#leaseMs - settlement.delayMs);
        return;
      }
      if (settlement.type === 'dead') await this.#bury({ id, fields }, settlement.reason);
      await this.#send(['XACK', stream, group, id]);
    } catch (error) {
      logger.warn({ reason: String(error) }, 'Redis: a message was not settled; it comes again');
    }
  }

  async #bury({ id, fields }: Pick<Entry, 'id' | 'fields'>, reason: string): Promise<void> {
    const { stream, clock } = this.#options;
    await this.#send(
      ['XADD', `${stream}:dead`, '*', ...[...fields].flat()].concat(
        ['reason', reason, 'entry', id],
        ['died_at', new Date(clock.now()).toISOString()],
      ),
    );
  }

  #send(command: string[]): Promise<unknown> {
    return this.#writer.sendCommand(command);
  }
}

/** Where answers become types: each is what the command's documentation says, in RESP 2. */
const asList = (answer: unknown): readonly unknown[] => (Array.isArray(answer) ? answer : []);

const asMap = (flat: readonly unknown[]): ReadonlyMap<string, unknown> => {
  const pairs = new Map<string, unknown>();
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.set(String(flat[at]), flat[at + 1]);
  return pairs;
};

/** Entries that were deleted while they waited come without fields. */
const entriesOf = (answer: unknown): readonly Entry[] =>
  asList(answer).flatMap((entry) => {
    const [id, fields] = asList(entry);
    if (typeof id !== 'string' || fields === null) return [];
    const texts = [...asMap(asList(fields))].map(([name, text]) => [name, String(text)] as const);
    return [{ id, fields: new Map(texts), redeliveries: 0 }];
  });

function inTime(clock: SourceOptions['clock'], work: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(CONNECT_TIMEOUT_MS, () => {
      reject(new Error(`Redis did not answer within ${CONNECT_TIMEOUT_MS} ms`));
    });
    work.then(() => resolve(), reject).finally(cancel);
  });
}
