import { randomUUID } from 'node:crypto';
import { Connection, type SyncMessage } from 'rabbitmq-client';
import { afterAll, beforeAll, describe } from 'vitest';
import {
  startRabbitmq,
  type RabbitmqServer,
} from '../../../packages/testkit/src/servers/rabbitmq-server.ts';
import {
  testQueue,
  textOf,
  type DeadLetter,
  type QueueSubject,
  type TestQueue,
} from './queue-suite.ts';

let server: RabbitmqServer;
let connection: Connection;
let subject: QueueSubject;

/** As the worker makes it. */
const ARGUMENTS = { 'x-queue-type': 'quorum', 'x-single-active-consumer': true } as const;

const letterOf = ({ body, headers }: SyncMessage): DeadLetter => ({
  body: Buffer.isBuffer(body) ? body.toString() : textOf(body as object | string),
  reason: String(headers?.['x-carillon-reason']),
});

async function makeQueue(): Promise<TestQueue> {
  const queue = `jobs-${randomUUID()}`;
  const letters: DeadLetter[] = [];
  await connection.queueDeclare({ queue, durable: true, arguments: ARGUMENTS });
  const publisher = connection.createPublisher({ confirm: true, maxAttempts: 5 });
  return {
    env: { QUEUE_RABBITMQ_URL: server.url, QUEUE_RABBITMQ_QUEUE: queue },
    send: async (messages) => {
      for (const message of messages) {
        const envelope = { routingKey: queue, durable: true, contentType: 'application/json' };
        await publisher.send(envelope, Buffer.from(textOf(message)));
      }
    },
    deadLetters: async () => {
      for (;;) {
        const message = await connection.basicGet({ queue: `${queue}.dead`, noAck: true });
        if (message === undefined) return letters;
        letters.push(letterOf(message));
      }
    },
    unsettled: async () => {
      const { messageCount } = await connection.queueDeclare({ queue, passive: true });
      return messageCount;
    },
  };
}

beforeAll(async () => {
  server = await startRabbitmq();
  connection = new Connection({ url: server.url, retryLow: 100, retryHigh: 500 });
  // Told by the test that runs into it.
  connection.on('error', () => undefined);
  subject = {
    name: 'rabbitmq',
    makeQueue,
    interrupt: async () => {
      await server.kill();
      await server.start();
    },
  };
}, 90_000);
afterAll(async () => {
  connection.unsafeDestroy();
  await server.stop();
}, 30_000);

describe('RabbitMQ', () => testQueue(() => subject, { ordersAcrossWorkers: true }));
