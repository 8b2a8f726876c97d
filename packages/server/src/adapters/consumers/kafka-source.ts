/**
 * Kafka, as a member of a consumer group. A partition's offset is committed up to the oldest
 * message that is not settled, so nothing is skipped and what was settled beyond it may come again.
 * Dead letters go to `<topic>.dead`, with the reason in a header. Kafka counts no deliveries.
 */
import type * as Kafka from '@platformatic/kafka';
import type { Consumer, Message, MessagesStream, Producer } from '@platformatic/kafka';
import type { QueueHandler, QueueSource, QueueState } from '../../ports/queue-source.ts';
import { loadClient } from './client-module.ts';
import { createInHand, type InHand } from './in-hand.ts';
import { createOffsetTracker, type OffsetTracker } from './offset-tracker.ts';
import { CONNECT_TIMEOUT_MS, pause, RETRY_MS, type SourceOptions } from './source-options.ts';

export interface KafkaOptions extends SourceOptions {
  /** `host:port`, one is enough to find the others. */
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
  readonly group: string;
  /** With TLS, certificates checked as Node does. @default false */
  readonly isSecure?: boolean;
  /** @default none */
  readonly sasl?: {
    readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
    readonly username: string;
    readonly password: string;
  };
}

type Client = Pick<typeof Kafka, 'Consumer' | 'Producer'>;
type KafkaMessage = Message<Buffer, Buffer, Buffer, Buffer>;
type KafkaStream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

const MAX_WAIT_MS = 500;

/** @throws Error when the package `@platformatic/kafka` is not installed. */
export async function loadKafka(): Promise<(options: KafkaOptions) => QueueSource> {
  const client = await loadClient('@platformatic/kafka', {
    setting: 'QUEUE_KAFKA_BROKERS',
    load: () => import('@platformatic/kafka'),
  });
  return (options) => new KafkaSource(client, options);
}

class KafkaSource implements QueueSource {
  readonly name = 'kafka';
  readonly #client: Client;
  readonly #options: KafkaOptions;
  readonly #inHand: InHand;
  readonly #tracker: OffsetTracker<KafkaMessage> = createOffsetTracker();
  #consumer: Consumer | undefined;
  #stream: KafkaStream | undefined;
  #producer: Producer | undefined;
  #reading: Promise<void> = Promise.resolve();
  #isClosing = false;

  constructor(client: Client, options: KafkaOptions) {
    this.#client = client;
    this.#options = options;
    this.#inHand = createInHand(options.prefetch);
  }

  async start(handler: QueueHandler): Promise<void> {
    await this.#open();
    this.#reading = this.#read(handler);
  }

  async inspect(): Promise<QueueState> {
    const topics = [...this.#options.topics];
    if (this.#consumer === undefined) throw new Error('not connected to Kafka');
    const lag = await this.#consumer.getLag({ topics });
    let waiting = 0n;
    // -1: a partition of another member.
    for (const partitions of lag.values()) {
      for (const behind of partitions) if (behind > 0n) waiting += behind;
    }
    return { waiting: Number(waiting) };
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#inHand.whenEmpty();
    await this.#stream?.close();
    await this.#reading;
    await this.#consumer?.close(true);
    await this.#producer?.close();
  }

  async #open(): Promise<void> {
    const { topics, group, leaseMs, logger } = this.#options;
    const consumer = new this.#client.Consumer({
      ...this.#connectionOptions(),
      groupId: group,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retries: 3,
      sessionTimeout: leaseMs,
      rebalanceTimeout: leaseMs * 2,
      heartbeatInterval: Math.floor(leaseMs / 10),
      autocommit: false,
    });
    this.#consumer = consumer;
    // Without a listener such an error would end the process. The membership is over, though its
    // stream does not know: a new one is made.
    const giveUp = (error: Error): void => {
      if (this.#consumer === consumer) this.#stream?.destroy(error);
    };
    consumer.on('error', giveUp);
    consumer.on('consumer:heartbeat:stalled', () => giveUp(new Error('no heartbeat is answered')));
    consumer.on('consumer:group:join', ({ assignments = [] }) => {
      this.#tracker.keepOnly(
        assignments.flatMap(({ topic, partitions }) =>
          partitions.map((partition) => `${topic}/${partition}`),
        ),
      );
    });
    // Says why it cannot connect, where joining the group would try for ever.
    await consumer.metadata({ topics: [...topics], retries: 1 }).catch((error: unknown) => {
      throw new Error(`Kafka cannot be used: ${innermost(error)}`, { cause: error });
    });
    const stream = await consumer.consume({
      topics: [...topics],
      mode: 'committed',
      fallbackMode: 'earliest',
      autocommit: false,
      maxWaitTime: MAX_WAIT_MS,
    });
    stream.on('error', (error) => {
      logger.warn({ reason: String(error) }, 'Kafka: reading was interrupted');
    });
    this.#stream = stream;
  }

  #connectionOptions(): Kafka.BaseOptions {
    const { brokers, isSecure = false, sasl } = this.#options;
    return {
      clientId: 'carillon',
      bootstrapBrokers: [...brokers],
      ...(isSecure && { tls: {} }),
      ...(sasl !== undefined && { sasl }),
    };
  }

  /** A stream that failed is over; a new one goes on from what was committed. */
  async #read(handler: QueueHandler): Promise<void> {
    const { logger } = this.#options;
    for (;;) {
      try {
        for await (const message of this.#stream ?? []) {
          // Not `break`: that would end the stream, through which what is in hand still commits.
          if (this.#isClosing) continue;
          const taken = this.#tracker.take(partitionOf(message), message);
          // Done before, and its commit was lost.
          if (taken === 'done') this.#inHand.add(this.#commit(message));
          if (taken === 'taken') this.#inHand.add(this.#handle(message, handler));
          await this.#inHand.whenFree();
        }
      } catch (error) {
        if (!this.#isClosing) logger.warn({ reason: String(error) }, 'Kafka: reading failed');
      }
      if (this.#isClosing) return;
      await this.#reopen();
    }
  }

  async #reopen(): Promise<void> {
    const { clock, logger } = this.#options;
    for (;;) {
      await this.#consumer?.close(true).catch(() => undefined);
      await pause(clock, RETRY_MS);
      if (this.#isClosing) return;
      try {
        await this.#open();
        logger.info({}, 'Kafka: reading goes on');
        return;
      } catch (error) {
        logger.warn({ reason: String(error) }, 'Kafka cannot be reached');
      }
    }
  }

  async #handle(message: KafkaMessage, handler: QueueHandler): Promise<void> {
    const { clock } = this.#options;
    const partition = partitionOf(message);
    for (;;) {
      const settlement = await handler({
        body: message.value,
        ...(message.key?.length > 0 && { key: message.key.toString() }),
        id: `${partition}/${message.offset}`,
        redeliveries: 0,
      });
      if (settlement.type === 'retry') {
        // Left unsettled: the group goes on here.
        if (this.#isClosing) return;
        await pause(clock, settlement.delayMs);
        continue;
      }
      if (settlement.type === 'dead' && !(await this.#bury(message, settlement.reason))) return;
      const done = this.#tracker.settle(partition, message);
      if (done !== undefined) await this.#commit(done);
      return;
    }
  }

  async #commit(message: KafkaMessage): Promise<void> {
    const { clock, logger } = this.#options;
    try {
      // A commit of a stream that is over may never be answered.
      await Promise.race([message.commit(), pause(clock, CONNECT_TIMEOUT_MS)]);
    } catch (error) {
      logger.warn({ reason: String(error) }, 'Kafka: the offset was not committed yet');
    }
  }

  /** False: it could not be written before the end; the message stays unsettled. */
  async #bury(message: KafkaMessage, reason: string): Promise<boolean> {
    const { clock, logger } = this.#options;
    for (;;) {
      try {
        await this.#sendDead(message, reason);
        return true;
      } catch (error) {
        logger.error({ reason: String(error) }, 'Kafka: the dead letter could not be written');
        if (this.#isClosing) return false;
        await pause(clock, RETRY_MS);
      }
    }
  }

  async #sendDead({ topic, key, value, headers }: KafkaMessage, reason: string): Promise<void> {
    const { clock } = this.#options;
    this.#producer ??= new this.#client.Producer({
      ...this.#connectionOptions(),
      autocreateTopics: true,
      retries: 3,
    });
    const added = {
      'x-carillon-reason': reason,
      'x-carillon-topic': topic,
      'x-carillon-died-at': new Date(clock.now()).toISOString(),
    };
    await this.#producer.send({
      messages: [
        {
          topic: `${topic}.dead`,
          key,
          value,
          headers: new Map([
            ...headers,
            ...Object.entries(added).map(
              ([name, text]) => [Buffer.from(name), Buffer.from(text)] as const,
            ),
          ]),
        },
      ],
    });
  }
}

/** The client wraps what happened into what it was doing. */
function innermost(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return innermost(error.errors.at(-1));
  }
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? innermost(error.cause) : error.message;
}

const partitionOf = ({ topic, partition }: KafkaMessage): string => `${topic}/${partition}`;
