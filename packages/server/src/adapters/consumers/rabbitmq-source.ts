/**
 * RabbitMQ. A queue that is not there is declared as a quorum queue with a single active consumer,
 * so that the order of a key holds with several workers too; a queue that is there is used as it
 * is. Dead letters go to `<queue>.dead`, published and confirmed before the original is
 * acknowledged, with the reason in a header.
 */
import type * as Rabbit from 'rabbitmq-client';
import type { AsyncMessage, Connection, Publisher } from 'rabbitmq-client';
import type {
  QueueHandler,
  QueueMessage,
  QueueSource,
  QueueState,
} from '../../ports/queue-source.ts';
import { loadClient } from './client-module.ts';
import { createInHand, type InHand } from './in-hand.ts';
import { CONNECT_TIMEOUT_MS, pause, RETRY_MS, type SourceOptions } from './source-options.ts';

export interface RabbitmqOptions extends SourceOptions {
  /** `amqp://user:password@host:port/vhost`, `amqps://…` with TLS. */
  readonly url: string;
  readonly queue: string;
}

type Client = Pick<typeof Rabbit, 'Connection'>;

/** Answers of a consumer's callback: the client's ConsumerStatus. */
const ACK = 0;
const REQUEUE = 1;
/** The client then neither acknowledges nor refuses. */
const noAnswer = (): Promise<number> => new Promise(() => undefined);

const RECONNECT = { retryLow: 500, retryHigh: 10_000, acquireTimeout: 5_000 };
const QUORUM = { 'x-queue-type': 'quorum' } as const;

/** @throws Error when the package `rabbitmq-client` is not installed. */
export async function loadRabbitmq(): Promise<(options: RabbitmqOptions) => QueueSource> {
  const client = await loadClient('rabbitmq-client', {
    setting: 'QUEUE_RABBITMQ_URL',
    load: () => import('rabbitmq-client'),
  });
  return (options) => new RabbitmqSource(client, options);
}

class RabbitmqSource implements QueueSource {
  readonly name = 'rabbitmq';
  readonly #client: Client;
  readonly #options: RabbitmqOptions;
  #connection: Connection | undefined;
  readonly #inHand: InHand;
  #publisher: Publisher | undefined;
  #isClosing = false;
  #unroutable = 0;

  constructor(client: Client, options: RabbitmqOptions) {
    this.#client = client;
    this.#options = options;
    this.#inHand = createInHand(options.prefetch);
  }

  async start(handler: QueueHandler): Promise<void> {
    const { url, queue, prefetch, logger } = this.#options;
    const connection = new this.#client.Connection({
      url,
      connectionName: 'carillon',
      connectionTimeout: CONNECT_TIMEOUT_MS,
      ...RECONNECT,
    });
    this.#connection = connection;
    connection.on('error', (error) => {
      if (this.#isClosing) return;
      logger.warn({ reason: String(error) }, 'RabbitMQ: connection lost or refused');
    });
    await connection.onConnect(CONNECT_TIMEOUT_MS, true);
    await this.#declare(connection);
    this.#publisher = connection.createPublisher({
      confirm: true,
      maxAttempts: 3,
      onReturn: () => {
        this.#unroutable += 1;
      },
    });
    const consumer = connection.createConsumer(
      { queue, queueOptions: { passive: true }, qos: { prefetchCount: prefetch } },
      (message) => {
        const answer = this.#take(message, handler);
        this.#inHand.add(answer);
        return answer.then((status) => status ?? noAnswer());
      },
    );
    consumer.on('error', (error) => {
      if (this.#isClosing) return;
      logger.warn({ reason: String(error) }, 'RabbitMQ: consuming was interrupted');
    });
  }

  async inspect(): Promise<QueueState> {
    if (this.#connection?.ready !== true) throw new Error('not connected to RabbitMQ');
    const { queue } = this.#options;
    const { messageCount } = await this.#connection.queueDeclare({ queue, passive: true });
    return { waiting: messageCount };
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#inHand.whenEmpty();
    await deferred(this.#options.clock);
    // When this is answered, the acknowledgements before it have arrived.
    await this.inspect().catch(() => undefined);
    this.#connection?.unsafeDestroy();
  }

  async #declare(connection: Connection): Promise<void> {
    const { queue } = this.#options;
    const ordered = { ...QUORUM, 'x-single-active-consumer': true };
    for (const [name, args] of [
      [queue, ordered],
      [deadQueue(queue), QUORUM],
    ] as const) {
      try {
        await connection.queueDeclare({ queue: name, passive: true });
      } catch (error) {
        if (!isNotFound(error)) throw error;
        await connection.queueDeclare({ queue: name, durable: true, arguments: args });
      }
    }
  }

  /**
   * Undefined: at the end, what waits is not answered. It comes back to the queue with the end of
   * the connection, in its order, and before the next consumer gets anything: given back one by
   * one, it would come behind what that one takes meanwhile.
   */
  async #take(message: AsyncMessage, handler: QueueHandler): Promise<number | undefined> {
    const { clock, logger } = this.#options;
    const settlement = await handler(messageOf(message));
    if (settlement.type === 'ack') return ACK;
    if (settlement.type === 'retry') {
      if (this.#isClosing) return undefined;
      if (settlement.delayMs > 0) await pause(clock, settlement.delayMs);
      return REQUEUE;
    }
    try {
      await this.#bury(message, settlement.reason);
      return ACK;
    } catch (error) {
      logger.error({ reason: String(error) }, 'RabbitMQ: the dead letter could not be written');
      await pause(clock, RETRY_MS);
      return REQUEUE;
    }
  }

  async #bury(message: AsyncMessage, reason: string): Promise<void> {
    const { queue, clock } = this.#options;
    const { contentType, messageId, correlationId, timestamp, type, headers } = message;
    const unroutable = this.#unroutable;
    await this.#publisher?.send(
      {
        routingKey: deadQueue(queue),
        durable: true,
        mandatory: true,
        ...Object.fromEntries(
          Object.entries({ contentType, messageId, correlationId, timestamp, type }).filter(
            ([, value]) => value !== undefined,
          ),
        ),
        headers: {
          ...headers,
          'x-carillon-reason': reason,
          'x-carillon-queue': queue,
          'x-carillon-died-at': new Date(clock.now()).toISOString(),
        },
      },
      bytesOf(message.body),
    );
    // What no queue takes is returned, and confirmed all the same.
    await deferred(clock);
    if (this.#unroutable > unroutable) throw new Error(`there is no queue ${deadQueue(queue)}`);
  }
}

const deadQueue = (queue: string): string => `${queue}.dead`;

/** What was answered now is on its way, what was returned has been told. */
const deferred = (clock: SourceOptions['clock']): Promise<void> =>
  new Promise((resolve) => {
    clock.defer(resolve);
  });

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'NOT_FOUND';

/** The client has parsed what calls itself JSON, and decoded what calls itself text. */
function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function messageOf(message: AsyncMessage): QueueMessage {
  const { headers, messageId, redelivered } = message;
  const count: unknown = headers?.['x-delivery-count'];
  const key: unknown = headers?.['x-carillon-key'];
  return {
    body: bytesOf(message.body),
    ...(messageId !== undefined && { id: messageId }),
    ...(typeof key === 'string' && key !== '' && { key }),
    redeliveries: typeof count === 'number' ? count : Number(redelivered === true),
  };
}
