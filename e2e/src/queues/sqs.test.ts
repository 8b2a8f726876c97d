import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startFakeSqs, type FakeSqs } from '../../../packages/testkit/src/servers/fake-sqs.ts';
import { keyOf, testQueue, textOf, type QueueSubject, type TestQueue } from './queue-suite.ts';
import { startQueueWorker } from './queue-worker.ts';

let sqs: FakeSqs;
let subject: QueueSubject;

function queueNamed(name: string): TestQueue {
  const suffix = name.endsWith('.fifo') ? '.fifo' : '';
  const dead = sqs.createQueue(`dead-${randomUUID()}${suffix}`);
  const url = sqs.createQueue(name, { deadLetters: dead.split('/').at(-1) ?? '' });
  return {
    env: {
      QUEUE_SQS_URL: url,
      QUEUE_SQS_REGION: sqs.credentials.region,
      QUEUE_LEASE: '1s',
    },
    send: (messages) => {
      for (const message of messages) {
        const group = suffix === '' ? undefined : (keyOf(message) ?? randomUUID());
        sqs.send(url, textOf(message), group);
      }
      return Promise.resolve();
    },
    deadLetters: () =>
      Promise.resolve(
        sqs.messages(dead).map(({ body, attributes }) => ({
          body,
          reason: attributes['carillon-reason']?.StringValue ?? '',
        })),
      ),
    unsettled: () => Promise.resolve(sqs.messages(url).length),
  };
}

beforeAll(async () => {
  sqs = await startFakeSqs();
  vi.stubEnv('AWS_ACCESS_KEY_ID', sqs.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', sqs.credentials.secretAccessKey);
  subject = {
    name: 'sqs',
    makeQueue: () => Promise.resolve(queueNamed(`jobs-${randomUUID()}.fifo`)),
  };
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await sqs.stop();
});

describe('SQS, FIFO', () =>
  testQueue(() => subject, { canInterrupt: false, ordersAcrossWorkers: true }));

describe('SQS', () => {
  const notify = { procedure: 'notify', input: { users: ['ann'], title: 'hello' } };

  it('a standard queue is read too; SQS’s own message id makes a second delivery harmless', async () => {
    const queue = queueNamed(`jobs-${randomUUID()}`);
    const worker = await startQueueWorker({ env: queue.env });
    await queue.send([notify]);
    await vi.waitFor(async () => expect(await queue.unsettled()).toBe(0), { timeout: 10_000 });
    const query = { filter: 'all', limit: 10 } as const;
    expect((await worker.store.inbox.listNotifications('ann', query)).items).toHaveLength(1);
    await worker.close();
  });

  it('a queue without a dead-letter queue is refused in words', async () => {
    const url = sqs.createQueue(`alone-${randomUUID()}`);
    const worker = await startQueueWorker({
      env: { QUEUE_SQS_URL: url, QUEUE_SQS_REGION: sqs.credentials.region },
    });
    const [health] = worker.consuming.healthChecks;
    await vi.waitFor(() => expect(health?.check()).rejects.toThrow(/no RedrivePolicy/), {
      timeout: 10_000,
    });
    await worker.close();
  });

  it('a wrong secret is refused by the service, and said', async () => {
    const queue = queueNamed(`jobs-${randomUUID()}`);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wrong');
    const worker = await startQueueWorker({ env: queue.env });
    const [health] = worker.consuming.healthChecks;
    await vi.waitFor(() => expect(health?.check()).rejects.toThrow(/signature does not match/), {
      timeout: 10_000,
    });
    await worker.close();
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', sqs.credentials.secretAccessKey);
  });
});
