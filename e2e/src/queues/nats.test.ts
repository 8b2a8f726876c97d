import { randomUUID } from 'node:crypto';
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { startNats, type NatsServer } from '../../../packages/testkit/src/servers/nats-server.ts';
import {
  testQueue,
  textOf,
  type DeadLetter,
  type QueueSubject,
  type TestQueue,
} from './queue-suite.ts';

let server: NatsServer;
let connection: NatsConnection;
let manager: JetStreamManager;
let subject: QueueSubject;

async function makeQueue(): Promise<TestQueue> {
  const stream = `JOBS_${randomUUID().replaceAll('-', '')}`;
  const consumer = 'carillon';
  await manager.streams.add({ name: stream, subjects: [`jobs.${stream}.>`] });
  return {
    env: {
      QUEUE_NATS_URL: server.url,
      QUEUE_NATS_STREAM: stream,
      QUEUE_NATS_CONSUMER: consumer,
      QUEUE_LEASE: '1s',
    },
    send: async (messages) => {
      const js = jetstream(connection);
      for (const message of messages) await js.publish(`jobs.${stream}.all`, textOf(message));
    },
    deadLetters: async () => {
      const name = `${stream}_DEAD`;
      const { state } = await manager.streams.info(name);
      const letters: DeadLetter[] = [];
      for (let seq = 1; seq <= state.last_seq; seq++) {
        const message = await manager.streams.getMessage(name, { seq });
        const reason = message?.header.get('Carillon-Reason') ?? '';
        letters.push({ body: new TextDecoder().decode(message?.data), reason });
      }
      return letters;
    },
    unsettled: async () => {
      const info = await manager.consumers.info(stream, consumer);
      return info.num_pending + info.num_ack_pending;
    },
  };
}

beforeAll(async () => {
  server = await startNats();
  connection = await connect({
    servers: server.url,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
  });
  manager = await jetstreamManager(connection);
  subject = {
    name: 'nats',
    makeQueue,
    interrupt: async () => {
      await server.restart();
      await vi.waitFor(() => connection.rtt(), { timeout: 10_000 });
    },
  };
}, 30_000);
afterAll(async () => {
  await connection.close();
  await server.stop();
});

describe('NATS JetStream', () => testQueue(() => subject));
