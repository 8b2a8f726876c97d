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
    const { brokers, topics, group, leaseMs, logger } = this.#options;
    const consumer = new this.#client.Consumer({
      clientId: 'carillon',
      groupId: group,
      bootstrapBrokers: [...brokers],
      connectTimeout: CONNECT_TIMEOUT_MS,
      retries: 3,
      sessionTimeout: leaseMs,
      rebalanceTimeout: leaseMs * 2,
      heartbeatInterval: Math.floor(leaseMs / 10),
      autocommit: false,
    });
    this.#consumer = consumer;
    consumer.on('consumer:group:join', ({ assignments = [] }) => {
      this.#tracker.keepOnly(
        assignments.flatMap(({ topic, partitions }) =>
          partitions.map((partition) => `${topic}/${partition}`),
        ),
      );
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

  /** A stream that failed is over; a new one goes on from what was committed. */
  async #read(handler: QueueHandler): Promise<void> {
    const { logger } = this.#options;
    for (;;) {
      try {
        for await (const message of this.#stream ?? []) {
          // Not `break`: that would end the stream, through which what is in hand still commits.
          if (this.#isClosing) continue;
          if (this.#tracker.take(partitionOf(message), message)) {
            this.#inHand.add(this.#handle(message, handler));
            await this.#inHand.whenFree();
          }
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
        return;
      } catch (error) {
        logger.warn({ reason: String(error) }, 'Kafka cannot be reached');
      }
    }
  }

  async #handle(message: KafkaMessage, handler: QueueHandler): Promise<void> {
    const { clock, logger } = this.#options;
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
      try {
        await this.#tracker.settle(partition, message)?.commit();
      } catch (error) {
        logger.warn({ reason: String(error) }, 'Kafka: the offset was not committed yet');
      }
      return;
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
    const { brokers, clock } = this.#options;
    this.#producer ??= new this.#client.Producer({
      clientId: 'carillon',
      bootstrapBrokers: [...brokers],
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

const partitionOf = ({ topic, partition }: KafkaMessage): string => `${topic}/${partition}`;
