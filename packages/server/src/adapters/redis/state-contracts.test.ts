/** The contracts of everything but the broker, on one Redis server and on a cluster of three masters. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { sharedConnectionDirectoryContract } from '../../../../testkit/src/contracts/connection-directory-contract.ts';
import { sharedControlBusContract } from '../../../../testkit/src/contracts/control-bus-contract.ts';
import { sharedPresenceStoreContract } from '../../../../testkit/src/contracts/presence-store-contract.ts';
import { sharedRatesContract } from '../../../../testkit/src/contracts/shared-rates-contract.ts';
import { sharedTicketOfficeContract } from '../../../../testkit/src/contracts/ticket-office-contract.ts';
import {
  type RedisCluster,
  type RedisServer,
  startRedis,
  startRedisCluster,
} from '../../../../testkit/src/servers/redis-server.ts';
import { silentLogger } from '../../../../testkit/src/simulation/node-fixture.ts';
import { createSystemClock } from '../clock-system/system-clock.ts';
import { createSystemRandom } from '../clock-system/system-random.ts';
import type { RedisSettings } from './connection-options.ts';
import { createRedisControlBus } from './control-bus.ts';
import { createRedisDirectory } from './directory.ts';
import { createRedisExternalEvents } from './external-events.ts';
import { NodeRegistry } from './node-registry.ts';
import { createRedisPresenceStore } from './presence-store.ts';
import { createRedisConnections, type RedisConnections } from './redis-connections.ts';
import { createRedisSharedRates } from './shared-rates.ts';
import { createRedisTicketOffice } from './tickets.ts';

const TIMES = { heartbeatMs: 200, deadAfterMs: 1_000 };
const WINDOW_MS = 400;
const TICKET_MS = 200;

let server: RedisServer;
let cluster: RedisCluster;
let names = 0;
const closers: (() => Promise<void>)[] = [];
const idle = new Map<string, RedisConnections[]>();

beforeAll(async () => {
  [server, cluster] = await Promise.all([startRedis(), startRedisCluster(3)]);
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

afterAll(async () => {
  for (const each of [...idle.values()].flat()) await each.close();
  await Promise.all([server.stop(), cluster.stop()]);
});

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Connecting takes longer than a test: what one leaves in order, the next one takes. */
async function connect(settings: RedisSettings) {
  names += 1;
  const tools = {
    clock: createSystemClock(),
    random: createSystemRandom(),
    logger: silentLogger(),
    nodeId: `node-${names}`,
  };
  const metrics = { count: () => undefined, observe: () => undefined };
  const place = String(settings.urls);
  const connections =
    idle.get(place)?.pop() ?? (await createRedisConnections({ ...settings, ...tools, metrics }));
  const registry = new NodeRegistry({ ...tools, connections, times: TIMES });
  closers.push(async () => {
    await registry.close();
    if (connections.isConnected) idle.set(place, [...(idle.get(place) ?? []), connections]);
  });
  return { ...tools, connections, registry };
}

/** A node with its heartbeat; what enters members must be made before it starts. */
async function nodeOn<T>(
  settings: RedisSettings,
  make: (node: Awaited<ReturnType<typeof connect>>) => T,
): Promise<{ node: Awaited<ReturnType<typeof connect>>; part: T }> {
  const node = await connect(settings);
  const part = make(node);
  await node.registry.start();
  return { node, part };
}

const topologies = [
  {
    name: 'redis',
    settings: (): RedisSettings => ({ urls: [server.url] }),
    empty: async () => {
      await server.command('FLUSHALL');
    },
  },
  {
    name: 'redis cluster',
    settings: (): RedisSettings => ({ urls: cluster.url.split(','), isCluster: true }),
    empty: async () => {
      await Promise.all(cluster.nodes.map((each) => each.command('FLUSHALL')));
    },
  },
];

for (const { name, settings, empty } of topologies) {
  describe(name, () => {
    sharedConnectionDirectoryContract(name, async () => {
      await empty();
      const { part } = await nodeOn(settings(), createRedisDirectory);
      return {
        directory: part,
        deadAfterMs: TIMES.deadAfterMs,
        advance: pass,
        async makeSecondNode() {
          const second = await nodeOn(settings(), createRedisDirectory);
          return {
            directory: second.part,
            crash: () => second.node.connections.close(),
          };
        },
      };
    });

    sharedControlBusContract(name, async () => {
      await empty();
      const first = await nodeOn(settings(), createRedisControlBus);
      let second: typeof first | undefined;
      return {
        bus: first.part,
        nodeId: first.node.nodeId,
        makeSecondNode: async () => {
          second = await nodeOn(settings(), createRedisControlBus);
          return second.part;
        },
        get secondNodeId() {
          return second?.node.nodeId;
        },
      };
    });

    sharedPresenceStoreContract(name, async () => {
      await empty();
      const { part } = await nodeOn(settings(), createRedisPresenceStore);
      return {
        store: part,
        deadAfterMs: TIMES.deadAfterMs,
        advance: pass,
        async makeSecondNode() {
          const second = await nodeOn(settings(), createRedisPresenceStore);
          return { store: second.part, crash: () => second.node.connections.close() };
        },
      };
    });

    sharedRatesContract(name, async () => {
      await empty();
      const make = async () =>
        createRedisSharedRates({ ...(await connect(settings())), windowMs: WINDOW_MS });
      return {
        rates: await make(),
        makeSecondNode: make,
        forgetsAfterMs: 2 * WINDOW_MS,
        advance: pass,
        close: async () => {},
      };
    });

    sharedTicketOfficeContract(name, async () => {
      const make = async () =>
        createRedisTicketOffice({ ...(await connect(settings())), lifetimeMs: TICKET_MS });
      return {
        office: await make(),
        lifetimeMs: TICKET_MS,
        now: Date.now,
        advance: pass,
        makeSecondNode: make,
        close: async () => {},
      };
    });
  });
}

describe('external events on a cluster', () => {
  it('are handled once by three nodes, wherever they are published', async () => {
    const settings = { urls: cluster.url.split(','), isCluster: true };
    const handled: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { node, part } = await nodeOn(settings, createRedisExternalEvents);
      await part.start((user, json) => {
        handled.push(`${user} ${json} ${node.nodeId}`);
        return Promise.resolve();
      });
      closers.unshift(() => part.close());
    }
    for (const each of cluster.nodes) {
      await each.command('PUBLISH', 'notifications:alice', '{"same":true}');
    }
    await vi.waitFor(() => expect(handled).toHaveLength(3), { timeout: 5_000, interval: 5 });
    await pass(100);
    expect(handled).toHaveLength(3);
  });
});
