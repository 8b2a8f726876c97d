import { setTimeout as pause } from 'node:timers/promises';
import type { StreamPosition } from '@carillon/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type RedisServer,
  startRedis,
} from '../../../packages/testkit/src/servers/redis-server.ts';
import { type RedisNode, startRedisNode } from './broker-fixture.ts';
import { show, startSubscriber, type Subscriber } from './broker-subscriber.ts';

const CHANNEL = 'ev:a';
const RETRY_MS = 20;
/** Of each publisher. */
const PACE_MS = 2;

let redis: RedisServer;
let nodes: readonly RedisNode[];
let subscribers: readonly Subscriber[];

beforeEach(async () => {
  redis = await startRedis();
  nodes = await Promise.all(['n1', 'n2'].map((id) => startRedisNode({ urls: [redis.url] }, id)));
  subscribers = await Promise.all(
    nodes.flatMap(({ node }, index) =>
      ['a', 'b'].map((name) => startSubscriber(node, `${name}${index + 1}`, CHANNEL)),
    ),
  );
});

afterEach(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await redis.stop();
});

async function killPubSub(): Promise<void> {
  await nodes[0]?.connections.shards[0]?.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
}

/** Publishes from every node all the time, each message until it is acknowledged, as an outbox does. */
function startPublishers() {
  const acknowledged = new Map<string, string>();
  const tried = new Set<string>();
  let isRunning = true;
  let acks = 0;
  let wake = (): void => undefined;
  const publish = async (node: RedisNode, data: string): Promise<StreamPosition> => {
    tried.add(data);
    for (;;) {
      const outcome = await node.node.publish(CHANNEL, JSON.stringify(data), {
        idempotencyKey: data,
      });
      if (outcome.ok && outcome.value.position !== undefined) {
        acknowledged.set(show(outcome.value.position), data);
        acks += 1;
        wake();
        return outcome.value.position;
      }
      await pause(RETRY_MS);
    }
  };
  const loops = nodes.map(async (node, index) => {
    for (let count = 0; isRunning; count += 1) {
      await publish(node, `n${index + 1}-${count}`);
      await pause(PACE_MS);
    }
  });
  return {
    acknowledged,
    tried,
    publish,
    async moreAcks(count: number): Promise<void> {
      const goal = acks + count;
      while (acks < goal) await new Promise<void>((resolve) => (wake = resolve));
    },
    async stop(): Promise<void> {
      isRunning = false;
      await Promise.all(loops);
    },
  };
}

type Publishers = ReturnType<typeof startPublishers>;

/** Publishes once more, and waits until every subscriber stands there or further in that epoch. */
async function untilConsistent(publishers: Publishers, name: string): Promise<void> {
  const [node] = nodes;
  if (node === undefined) throw new Error('no node');
  const mark = await publishers.publish(node, name);
  await Promise.all(subscribers.map((each) => reached(each, mark)));
}

async function reached(subscriber: Subscriber, mark: StreamPosition): Promise<void> {
  const isThere = (): boolean =>
    subscriber.at?.epoch === mark.epoch && subscriber.at.offset >= mark.offset;
  while (!isThere()) await new Promise<void>((resolve) => subscriber.onProgress(resolve));
}

/** What was acknowledged stands where it was said to be, and is the same for all who saw that place. */
function expectOneTruth({ acknowledged, tried }: Publishers): void {
  const truth = new Map(acknowledged);
  for (const { name, seen, violations } of subscribers) {
    expect(violations).toEqual([]);
    for (const [position, data] of seen) {
      expect(tried.has(data)).toBe(true);
      const known = truth.get(position);
      if (known === undefined) truth.set(position, data);
      else expect([name, position, data]).toEqual([name, position, known]);
    }
  }
}

it('[REC6] Redis restarted 20 times and its PUB/SUB connections killed 100 times: no silent gap, consistent within 5 s', async () => {
  const publishers = startPublishers();
  let slowestMs = 0;
  for (let round = 0; round < 20; round += 1) {
    for (let kill = 0; kill < 5; kill += 1) {
      await killPubSub();
      await publishers.moreAcks(5);
    }
    await untilConsistent(publishers, `killed ${round}`);
    await redis.restart(round % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
    const backAt = performance.now();
    await untilConsistent(publishers, `restarted ${round}`);
    slowestMs = Math.max(slowestMs, performance.now() - backAt);
  }
  await publishers.stop();
  await untilConsistent(publishers, 'end');
  expect(slowestMs).toBeLessThan(5_000);
  expectOneTruth(publishers);
  // Every restart lost everything: a new epoch, of which everybody has to be told.
  for (const { resets } of subscribers) expect(resets).toBeGreaterThanOrEqual(20);
}, 90_000);

it('killed PUB/SUB connections cost nobody a publication, and nobody has to start over', async () => {
  const publishers = startPublishers();
  for (let kill = 0; kill < 30; kill += 1) {
    await killPubSub();
    await publishers.moreAcks(10);
  }
  await publishers.stop();
  await untilConsistent(publishers, 'end');
  expectOneTruth(publishers);
  for (const { resets, seen } of subscribers) {
    expect(resets).toBe(0);
    for (const position of publishers.acknowledged.keys()) expect(seen.has(position)).toBe(true);
  }
});

it('[REC7] FLUSHALL shows as a new epoch, and everybody is told', async () => {
  const publishers = startPublishers();
  await publishers.moreAcks(20);
  const before = subscribers.map((each) => each.at?.epoch);
  await redis.command('FLUSHALL');
  await untilConsistent(publishers, 'flushed');
  await publishers.stop();
  await untilConsistent(publishers, 'end');
  expectOneTruth(publishers);
  for (const [index, { at, resets }] of subscribers.entries()) {
    expect(at?.epoch).not.toBe(before[index]);
    expect(resets).toBe(1);
  }
});

it('connections to Redis are as many with 10,000 clients as with 10', async () => {
  const [first] = nodes;
  if (first === undefined) throw new Error('no node');
  const count = async (): Promise<number> =>
    (await redis.command('CLIENT', 'LIST')).split('\n').filter((line) => line.includes('=carillon'))
      .length;
  const connect = async (from: number, to: number): Promise<void> => {
    await Promise.all(
      Array.from({ length: to - from }, (_, index) =>
        startSubscriber(first.node, `u${from + index}`, `ev:${from + index}`),
      ),
    );
  };
  await connect(0, 10);
  const withTen = await count();
  await connect(10, 10_000);
  expect(await count()).toBe(withTen);
  expect(withTen).toBe(4);
});
