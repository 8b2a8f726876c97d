import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import {
  startRedis,
  type RedisServer,
} from '../../../packages/testkit/src/servers/redis-server.ts';
import { testQueue, textOf, type QueueSubject, type TestQueue } from './queue-suite.ts';

let server: RedisServer;
let subject: QueueSubject;

const lines = (text: string): readonly string[] => text.split('\n').map((line) => line.trim());

/** `name`, then its value, one line each. */
const after = (answer: readonly string[], name: string): string =>
  answer[answer.indexOf(name) + 1] ?? '';

function makeQueue(): TestQueue {
  const stream = `jobs-${randomUUID()}`;
  const dead = `${stream}:dead`;
  return {
    env: {
      QUEUE_REDIS_URL: server.url,
      QUEUE_REDIS_STREAM: stream,
      QUEUE_REDIS_GROUP: 'carillon',
      QUEUE_LEASE: '1s',
    },
    send: async (messages) => {
      const script =
        "for _, text in ipairs(ARGV) do redis.call('XADD', KEYS[1], '*', 'message', text) end";
      await server.command('EVAL', script, '1', stream, ...messages.map(textOf));
    },
    deadLetters: async () => {
      const answer = lines(await server.command('XRANGE', dead, '-', '+'));
      return answer.flatMap((line, at) =>
        line === 'reason' ? [{ body: answer[at - 1] ?? '', reason: answer[at + 1] ?? '' }] : [],
      );
    },
    unsettled: async () => {
      const groups = lines(await server.command('XINFO', 'GROUPS', stream));
      return Number(after(groups, 'lag')) + Number(after(groups, 'pending'));
    },
  };
}

beforeAll(async () => {
  server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
  subject = {
    name: 'redis',
    makeQueue: () => Promise.resolve(makeQueue()),
    interrupt: () => server.restart(),
  };
}, 30_000);
afterAll(() => server.stop());

describe('Redis Streams', () => testQueue(() => subject));
