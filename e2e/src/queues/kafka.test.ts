import { randomUUID } from 'node:crypto';
import { Admin, Consumer, Producer } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  startKafka,
  type KafkaServer,
} from '../../../packages/testkit/src/servers/kafka-server.ts';
import {
  keyOf,
  testQueue,
  textOf,
  type DeadLetter,
  type QueueSubject,
  type TestQueue,
} from './queue-suite.ts';
import { startQueueWorker } from './queue-worker.ts';

let server: KafkaServer;
let admin: Admin;
let producer: Producer;
let subject: QueueSubject;

const PARTITIONS = [0, 1, 2];

const bytes = (text: string): Buffer => Buffer.from(text);

/** For questions; joins nothing. */
const asking = async <T>(groupId: string, ask: (consumer: Consumer) => Promise<T>): Promise<T> => {
  const consumer = new Consumer({
    clientId: 'test',
    groupId,
    bootstrapBrokers: [server.broker],
    metadataMaxAge: 0,
  });
  try {
    return await ask(consumer);
  } finally {
    await consumer.close(true);
  }
};

const sum = (numbers: readonly bigint[]): number =>
  Number(numbers.reduce((total, each) => total + (each > 0n ? each : 0n), 0n));

async function readDead(topic: string): Promise<readonly DeadLetter[]> {
  if (!(await admin.listTopics()).includes(topic)) return [];
  return asking(randomUUID(), async (consumer) => {
    const ends = await consumer.listOffsets({ topics: [topic], timestamp: -1n });
    const total = sum(ends.get(topic) ?? []);
    const letters: DeadLetter[] = [];
    if (total === 0) return letters;
    const stream = await consumer.consume({ topics: [topic], mode: 'earliest', maxWaitTime: 100 });
    for await (const { value, headers } of stream) {
      const reason = [...headers].find(([name]) => name.toString() === 'x-carillon-reason')?.[1];
      letters.push({ body: value.toString(), reason: reason?.toString() ?? '' });
      if (letters.length === total) break;
    }
    return letters;
  });
}

async function makeQueue(): Promise<TestQueue> {
  const topic = `jobs-${randomUUID()}`;
  const group = `carillon-${randomUUID()}`;
  await admin.createTopics({ topics: [topic], partitions: PARTITIONS.length, replicas: 1 });
  return {
    env: {
      QUEUE_KAFKA_BROKERS: server.broker,
      QUEUE_KAFKA_TOPICS: topic,
      QUEUE_KAFKA_GROUP: group,
      QUEUE_LEASE: '1s',
    },
    send: async (messages) => {
      await producer.send({
        messages: messages.map((message) => ({
          topic,
          key: bytes(keyOf(message) ?? randomUUID()),
          value: bytes(textOf(message)),
        })),
        acks: -1,
      });
    },
    deadLetters: () => readDead(`${topic}.dead`),
    unsettled: () =>
      asking(group, async (consumer) => {
        const ends = await consumer.listOffsets({ topics: [topic], timestamp: -1n });
        const done = await consumer.listCommittedOffsets({
          topics: [{ topic, partitions: PARTITIONS }],
        });
        return sum(ends.get(topic) ?? []) - sum(done.get(topic) ?? []);
      }),
  };
}

beforeAll(async () => {
  server = await startKafka();
  const options = { clientId: 'test', bootstrapBrokers: [server.broker] };
  admin = new Admin(options);
  producer = new Producer(options);
  subject = { name: 'kafka', makeQueue, interrupt: () => server.restart() };
}, 90_000);
afterAll(async () => {
  await producer.close();
  await admin.close();
  await server.stop();
}, 30_000);

describe('Kafka', () => {
  testQueue(() => subject, { ordersAcrossWorkers: true });

  it('brokers that want a log-in get one; a wrong password is said', async () => {
    const queue = await makeQueue();
    const login = {
      ...queue.env,
      QUEUE_KAFKA_BROKERS: server.loginBroker,
      QUEUE_KAFKA_SASL: 'PLAIN',
      QUEUE_KAFKA_USERNAME: 'carillon',
    };
    const stranger = await startQueueWorker({
      env: { ...login, QUEUE_KAFKA_PASSWORD: 'wrong' },
    });
    const known = await startQueueWorker({
      env: { ...login, QUEUE_KAFKA_PASSWORD: 'open sesame' },
    });
    await vi.waitFor(() => known.consuming.healthChecks[0]?.check(), { timeout: 10_000 });
    await vi.waitFor(
      () => expect(stranger.consuming.healthChecks[0]?.check()).rejects.toThrow(/authentication/i),
      { timeout: 10_000 },
    );
    await known.close();
    await stranger.close();
  }, 30_000);
});
