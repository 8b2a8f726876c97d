/** A node of the core on the Redis broker, in this process, on connections of its own. */
import { createSystemClock } from '../../../packages/server/src/adapters/clock-system/system-clock.ts';
import { createSystemRandom } from '../../../packages/server/src/adapters/clock-system/system-random.ts';
import { createLocalControlBus } from '../../../packages/server/src/adapters/control-bus-local/local-control-bus.ts';
import { createLocalDirectory } from '../../../packages/server/src/adapters/directory-local/local-directory.ts';
import { createMemoryPresenceStore } from '../../../packages/server/src/adapters/presence-memory/memory-presence-store.ts';
import type { RedisSettings } from '../../../packages/server/src/adapters/redis/connection-options.ts';
import { createRedisBroker } from '../../../packages/server/src/adapters/redis/redis-broker.ts';
import {
  createRedisConnections,
  type RedisConnections,
} from '../../../packages/server/src/adapters/redis/redis-connections.ts';
import { createNode, type Node } from '../../../packages/server/src/core/node.ts';
import {
  namespace,
  openPolicy,
  silentLogger,
} from '../../../packages/testkit/src/simulation/node-fixture.ts';

/** More than is published while a connection is made anew, so that nothing need be given up. */
const HISTORY_SIZE = 5_000;

export interface RedisNode {
  readonly node: Node;
  readonly connections: RedisConnections;
  close(): Promise<void>;
}

/** `ev:` has history and recovery. */
export async function startRedisNode(settings: RedisSettings, nodeId: string): Promise<RedisNode> {
  const parts = {
    clock: createSystemClock(),
    random: createSystemRandom(),
    logger: silentLogger(),
    metrics: { count: () => undefined, observe: () => undefined },
  };
  const connections = await createRedisConnections({ ...settings, ...parts, nodeId });
  const node = createNode({
    ...parts,
    broker: createRedisBroker({ ...parts, nodeId, connections }),
    presenceStore: createMemoryPresenceStore(),
    controlBus: createLocalControlBus(),
    directory: createLocalDirectory(),
    identity: { id: nodeId, name: nodeId, version: '0.0.0', kind: 'websocket' },
    policy: openPolicy(),
    limits: { maxRecoveredPublications: HISTORY_SIZE },
    namespaces: [
      namespace('ev', { historySize: HISTORY_SIZE, historyTtlMs: 600_000, canRecover: true }),
    ],
  });
  await node.start();
  return {
    node,
    connections,
    close: async () => {
      await node.close();
      await connections.close();
    },
  };
}
