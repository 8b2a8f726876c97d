/** Every node hears what another program publishes; one handles it, also when nodes die or come. */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RedisServer, startRedis } from '../../../../testkit/src/servers/redis-server.ts';
import { silentLogger } from '../../../../testkit/src/simulation/node-fixture.ts';
import { createSystemClock } from '../clock-system/system-clock.ts';
import { createSystemRandom } from '../clock-system/system-random.ts';
import { createRedisExternalEvents } from './external-events.ts';
import { CLAIM } from './external-scripts.ts';
import { NodeRegistry } from './node-registry.ts';
import { createRedisConnections } from './redis-connections.ts';

const TIMES = { heartbeatMs: 200, deadAfterMs: 1_000 };

let server: RedisServer;
let serial = 0;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await startRedis();
});

beforeEach(async () => {
  await server.command('FLUSHALL');
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

afterAll(() => server.stop());

async function openNode() {
  serial += 1;
  const tools = {
    clock: createSystemClock(),
    random: createSystemRandom(),
    logger: silentLogger(),
    nodeId: `node-${serial}`,
  };
  const connections = await createRedisConnections({
    urls: [server.url],
    ...tools,
    metrics: { count: () => undefined, observe: () => undefined },
  });
  const registry = new NodeRegistry({ ...tools, connections, times: TIMES });
  await registry.start();
  const events = createRedisExternalEvents({ ...tools, connections, registry });
  const handled: string[] = [];
  await events.start((user, json) => {
    handled.push(`${user} ${json}`);
    return Promise.resolve();
  });
  const crash = (): Promise<void> => connections.close();
  closers.push(async () => {
    await events.close();
    await registry.close();
    await crash();
  });
  return { handled, crash };
}

type OpenNode = Awaited<ReturnType<typeof openNode>>;

const all = (nodes: readonly OpenNode[]): string[] =>
  nodes.flatMap(({ handled }) => handled).toSorted();

async function publish(json: string): Promise<void> {
  await server.command('PUBLISH', 'notifications:alice', json);
}

/** A node that says once that it lives, and never again. */
async function register(incarnation: string): Promise<void> {
  const now = String(Date.now());
  await server.command('ZADD', 'carillon:{ws:online_users}:nodes', now, incarnation);
  await pause(2 * TIMES.heartbeatMs);
}

async function take(node: string, json: string): Promise<void> {
  const digest = createHash('sha256').update('alice').update('\0').update(json);
  const key = `carillon:external:${digest.digest('base64url')}`;
  await server.command('EVAL', CLAIM.source, '1', key, node, '30000', '2000');
}

/** What is published last is handled last by each node, so all before it has been decided. */
async function settled(nodes: readonly OpenNode[]): Promise<string[]> {
  serial += 1;
  await publish(`end ${serial}`);
  const end = `alice end ${serial}`;
  await vi.waitFor(() => expect(all(nodes)).toContain(end), { timeout: 5_000, interval: 5 });
  await pause(50);
  return all(nodes).filter((each) => !each.startsWith('alice end'));
}

describe('a publication', () => {
  it('is handled once by one of three nodes, each of equal ones', async () => {
    const nodes = await Promise.all([openNode(), openNode(), openNode()]);
    for (const json of ['{"a":1}', '{"a":1}', '{"a":2}', '{"a":1}', '']) await publish(json);
    expect(await settled(nodes)).toEqual([
      'alice ',
      'alice {"a":1}',
      'alice {"a":1}',
      'alice {"a":1}',
      'alice {"a":2}',
    ]);
  });

  it('that many repeat is handled once each while nodes come and go', async () => {
    const nodes = [await openNode(), await openNode()];
    for (let round = 0; round < 12; round += 1) {
      await publish('{"same":true}');
      if (round === 3) nodes.push(await openNode());
      if (round === 7) await closers.shift()?.();
    }
    expect(await settled(nodes)).toHaveLength(12);
  });
});

describe('a node that dies', () => {
  it('while it handles something leaves that to one other', async () => {
    const nodes = [await openNode(), await openNode()];
    const json = '{"order":1}';
    await register('node-x/1');
    await take('node-x/0', json);
    await publish(json);
    await publish('{"order":2}');
    await vi.waitFor(() => expect(all(nodes)).toEqual(['alice {"order":2}']));
    await vi.waitFor(() => expect(all(nodes)).toEqual([`alice ${json}`, 'alice {"order":2}']), {
      timeout: 5_000,
      interval: 20,
    });
    await pause(2 * TIMES.heartbeatMs);
    expect(all(nodes)).toHaveLength(2);
  });

  it('after it handled something leaves nothing to be done again', async () => {
    const nodes = [await openNode(), await openNode(), await openNode()];
    for (let count = 0; count < 20; count += 1) await publish(`{"n":${count}}`);
    await settled(nodes);
    const before = all(nodes).length;
    await nodes[0]?.crash();
    await pause(TIMES.deadAfterMs + 2 * TIMES.heartbeatMs);
    expect(all(nodes)).toHaveLength(before);
  });
});
