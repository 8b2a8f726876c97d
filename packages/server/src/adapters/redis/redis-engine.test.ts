/** Two engines as two nodes: what is not in the contracts, above all while Redis is away and after. */
import type { ClientInfo } from '@carillon/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ContractNode } from '../../../../testkit/src/contracts/contract-node.ts';
import { type RedisServer, startRedis } from '../../../../testkit/src/servers/redis-server.ts';
import { createSeededRandom } from '../../../../testkit/src/seeded-random.ts';
import { silentLogger } from '../../../../testkit/src/simulation/node-fixture.ts';
import type { UserLimit } from '../../ports/connection-directory.ts';
import type { Engine } from '../../ports/engine.ts';
import type { ConnectionInfo } from '../../ports/server-api.ts';
import { createSystemClock } from '../clock-system/system-clock.ts';
import { createSystemRandom } from '../clock-system/system-random.ts';
import { createRedisEngine, type RedisEngineOptions } from './redis-engine.ts';

const NO_LIMIT: UserLimit = { maxConnections: 0, policy: 'reject' };
const ONE: UserLimit = { maxConnections: 1, policy: 'reject' };

let server: RedisServer;
let serial = 0;
const engines: Engine[] = [];

beforeAll(async () => {
  server = await startRedis();
});

beforeEach(async () => {
  await server.command('FLUSHALL');
});

afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

afterAll(() => server.stop());

const soon = (look: () => Promise<void>): Promise<void> =>
  vi.waitFor(look, { timeout: 5_000, interval: 10 });

const connection = (user: string): ConnectionInfo => ({
  connectionId: `c${(serial += 1)}`,
  user,
  deviceType: 'desktop',
  transport: 'websocket',
  protocol: 'native',
  connectedAt: 1_700_000_000_000 + serial,
});

const member = (user: string, client: string): ClientInfo => ({ user, client });

async function openEngine(options: Partial<RedisEngineOptions> = {}) {
  serial += 1;
  const engine = await createRedisEngine({
    urls: [server.url],
    nodeId: `node-${serial}`,
    nodeName: 'test',
    clock: createSystemClock(),
    random: createSystemRandom(),
    logger: silentLogger(),
    metrics: { count: () => undefined, observe: () => undefined },
    nodeTimes: { heartbeatMs: 200, deadAfterMs: 1_000 },
    ...options,
  });
  engines.push(engine);
  const node = new ContractNode(engine.directory);
  await engine.directory.start(node);
  return { engine, node };
}

const lines = async (...command: string[]): Promise<string[]> =>
  (await server.command(...command)).split('\n').filter(Boolean).toSorted();
const online = (): Promise<string[]> => lines('SMEMBERS', 'ws:online_users');

describe('connections to Redis', () => {
  it('are as many with 10,000 entered as with 10', async () => {
    const { node, engine } = await openEngine({ nodeTimes: {} });
    const count = async (): Promise<number> => (await lines('CLIENT', 'LIST')).length;
    const enter = async (entries: number): Promise<void> => {
      for (let left = entries; left > 0; left -= 500) {
        const some = Array.from({ length: Math.min(left, 500) }, () => connection(`u${serial}`));
        await Promise.all(some.map((each) => node.connect(each, NO_LIMIT)));
      }
    };
    await enter(10);
    const withTen = await count();
    await enter(9_990);
    expect(await count()).toBe(withTen);
    expect(await engine.directory.totals()).toMatchObject({ users: 10_000, connections: 10_000 });
    expect(await server.command('SCARD', 'ws:online_users')).toBe('10000');
  });
});

describe('data lost behind a connection that stays (FLUSHALL)', () => {
  it('is entered again with the next heartbeat, those who left meanwhile not', async () => {
    const here = await openEngine();
    const there = await openEngine();
    const [ann, bob] = [connection('ann'), connection('bob')];
    await here.node.connect(ann, NO_LIMIT);
    await there.node.connect(bob, NO_LIMIT);
    await here.engine.presenceStore.add('room:a', member('ann', 'c1'));
    await there.engine.presenceStore.add('room:a', member('bob', 'c2'));
    await server.command('FLUSHALL');
    here.node.disconnect(ann);
    await here.engine.presenceStore.remove('room:a', member('ann', 'c1'));
    await soon(async () => {
      expect(await online()).toEqual(['bob']);
      expect(await here.engine.directory.find({ user: 'bob' })).toEqual([bob]);
      expect(await here.engine.presenceStore.list('room:a')).toEqual([member('bob', 'c2')]);
      expect(await here.engine.presenceStore.stats('room:a')).toEqual({ clients: 1, users: 1 });
    });
  });

  it('a newcomer is let in at once, and a limit still holds', async () => {
    const { node } = await openEngine();
    await node.connect(connection('ann'), ONE);
    await server.command('FLUSHALL');
    expect(await node.connect(connection('ann'), ONE)).toEqual({ isAdmitted: false });
    expect(await node.connect(connection('bob'), ONE)).toEqual({ isAdmitted: true, evict: [] });
    expect(await online()).toEqual(['ann', 'bob']);
  });
});

describe('while Redis is away', () => {
  it('each node answers and admits by what it knows itself; on return all is told again', async () => {
    const here = await openEngine();
    const there = await openEngine();
    const [ann, bob, eve, guest] = ['ann', 'bob', 'eve', '~guest'].map(connection);
    if (!ann || !bob || !eve || !guest) throw new Error('unreachable');
    await here.node.connect(ann, ONE);
    await there.node.connect(bob, ONE);
    await here.engine.presenceStore.add('room:a', member('ann', 'c1'));
    await server.kill();
    await soon(async () => {
      expect(await here.engine.directory.find({ user: 'bob' })).toEqual([]);
    });
    const { directory, presenceStore, tickets, controlBus, healthChecks } = here.engine;
    expect(await here.node.connect(connection('ann'), ONE)).toEqual({ isAdmitted: false });
    expect(await here.node.connect(eve, ONE)).toEqual({ isAdmitted: true, evict: [] });
    await here.node.connect({ ...guest, isGuest: true }, NO_LIMIT);
    expect(await directory.onlineAmong(['ann', 'bob', 'eve', '~guest'])).toEqual(
      new Set(['ann', 'eve']),
    );
    expect(await directory.totals()).toMatchObject({ users: 2, connections: 3 });
    await presenceStore.add('room:a', member('eve', 'c2'));
    expect(await presenceStore.stats('room:a')).toEqual({ clients: 2, users: 2 });
    here.node.disconnect(ann);
    const handled: string[] = [];
    await controlBus.start({
      handleCommand: ({ type }) => handled.push(type),
      handleSurvey: () => ({ type: 'channels', channels: {} }),
    });
    const order = { type: 'invalidate', what: 'conversation', id: '1' } as const;
    await expect(controlBus.send(order)).rejects.toThrow('Redis');
    expect(handled).toEqual(['invalidate']);
    expect(await controlBus.survey({ type: 'channels' }, 5_000)).toHaveLength(1);
    await expect(tickets.issue({ user: 'ann' })).rejects.toThrow('Redis');
    await expect(healthChecks[0]?.check()).rejects.toThrow('cannot be reached');
    await here.engine.externalEvents?.announceBroadcast('{}');

    await server.start();
    await soon(async () => {
      expect(await online()).toEqual(['bob', 'eve']);
      expect(await there.engine.directory.totals()).toMatchObject({ users: 2, connections: 3 });
      expect(await there.engine.presenceStore.stats('room:a')).toEqual({ clients: 2, users: 2 });
    });
  });

  it('or does not answer, nobody waits longer than two seconds to be let in', async () => {
    const { node } = await openEngine({ nodeTimes: { heartbeatMs: 3_000, deadAfterMs: 10_000 } });
    server.pause();
    const startedAt = performance.now();
    expect(await node.connect(connection('ann'), ONE)).toEqual({ isAdmitted: true, evict: [] });
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    server.resume();
    await soon(async () => expect(await online()).toEqual(['ann']));
  });
});

describe('a node that was thought dead', () => {
  it('is entered again under another name, its people with it', async () => {
    const here = await openEngine();
    const there = await openEngine();
    const bob = connection('bob');
    await there.node.connect(bob, NO_LIMIT);
    await there.engine.presenceStore.add('room:a', member('bob', 'c1'));
    await server.command('DEL', 'carillon:{ws:online_users}:nodes');
    await soon(async () => {
      expect(await here.engine.directory.find({ user: 'bob' })).toEqual([bob]);
      expect(await here.engine.presenceStore.stats('room:a')).toEqual({ clients: 1, users: 1 });
      expect(await online()).toEqual(['bob']);
    });
  });
});

describe('with no node left', () => {
  it('nothing is left within the time of a dead node, but what nobody finds', async () => {
    const { engine, node } = await openEngine();
    await node.connect(connection('ann'), NO_LIMIT);
    await engine.presenceStore.add('room:a', member('ann', 'c1'));
    const ttl = Number(await server.command('PTTL', 'ws:online_users'));
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(1_300);
    const keys = await lines('KEYS', '*');
    for (const key of keys)
      expect([key, await server.command('TTL', key)]).not.toEqual([key, '-1']);
  });
});

describe('coming and going', () => {
  const faults = {
    'while Redis restarts without its data': () => server.restart(),
    'while connections to Redis are cut': async () => {
      for (const type of ['normal', 'pubsub']) {
        await server.command('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes');
      }
    },
  };

  it.each(Object.entries(faults))('%s leaves nobody out and nobody over', async (_, strike) => {
    const nodes = [await openEngine(), await openEngine()];
    const random = createSeededRandom(7);
    const present: { at: (typeof nodes)[number]; who: ConnectionInfo }[] = [];
    const room = (who: ConnectionInfo): [string, ClientInfo] => [
      'room:a',
      member(who.user, who.connectionId),
    ];
    let isOver = false;
    const comeAndGo = async (): Promise<void> => {
      while (!isOver) {
        const at = random.pick(nodes);
        if (at === undefined) return;
        if (random.chance(0.55) && present.length < 200) {
          const who = connection(`u${random.below(80)}`);
          await at.node.connect(who, NO_LIMIT);
          present.push({ at, who });
          void at.engine.presenceStore.add(...room(who));
        } else {
          const [gone] = present.splice(random.below(present.length), 1);
          if (gone === undefined) continue;
          gone.at.node.disconnect(gone.who);
          void gone.at.engine.presenceStore.remove(...room(gone.who));
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const everybody = Promise.all([comeAndGo(), comeAndGo(), comeAndGo()]);
    await vi.waitFor(() => expect(present.length).toBeGreaterThan(50), { interval: 1 });
    await strike();
    const count = serial;
    await vi.waitFor(() => expect(serial).toBeGreaterThan(count + 200), { interval: 1 });
    isOver = true;
    await everybody;
    const users = [...new Set(present.map(({ who }) => who.user))].toSorted();
    const connections = present.length;
    await soon(async () => {
      expect(await online()).toEqual(users);
      for (const { engine } of nodes) {
        const { directory, presenceStore } = engine;
        expect(await directory.totals()).toMatchObject({ users: users.length, connections });
        const stats = { users: users.length, clients: connections };
        expect(await presenceStore.stats('room:a')).toEqual(stats);
        expect(await presenceStore.list('room:a')).toHaveLength(connections);
      }
    });
  });
});
