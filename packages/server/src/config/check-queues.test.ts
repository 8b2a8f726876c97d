import { expect, it } from 'vitest';
import { readConfig } from './load-config.ts';

const problemsOf = (env: Readonly<Record<string, string>>): readonly string[] =>
  readConfig({ env }).problems;

it('half a queue stops the start and names what is missing', () => {
  expect(problemsOf({ QUEUE_RABBITMQ_URL: 'amqp://x' })).toEqual([
    'QUEUE_RABBITMQ_QUEUE: needed with QUEUE_RABBITMQ_URL',
  ]);
  expect(problemsOf({ QUEUE_KAFKA_GROUP: 'g' })).toEqual([
    'QUEUE_KAFKA_BROKERS, QUEUE_KAFKA_TOPICS: needed with QUEUE_KAFKA_GROUP',
  ]);
  expect(problemsOf({ QUEUE_SQS_REGION: 'r' })).toEqual([
    'QUEUE_SQS_URL: needed with QUEUE_SQS_REGION',
  ]);
});

it('a whole queue is fine, and so are several', () => {
  expect(
    problemsOf({
      QUEUE_RABBITMQ_URL: 'amqp://x',
      QUEUE_RABBITMQ_QUEUE: 'q',
      QUEUE_OUTBOX_DATABASE_URL: 'postgresql+psycopg://x/db',
      QUEUE_OUTBOX_TABLE: 'public.outbox',
    }),
  ).toEqual([]);
});

it('another database than PostgreSQL is refused for the outbox', () => {
  const [problem] = problemsOf({
    QUEUE_OUTBOX_DATABASE_URL: 'mysql://x/db',
    QUEUE_OUTBOX_TABLE: 'outbox',
  });
  expect(problem).toMatch(/^QUEUE_OUTBOX_DATABASE_URL: not understood/);
});
