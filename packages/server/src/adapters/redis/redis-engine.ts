/**
 * Everything that ties processes together, on Redis: broker, presence, directory, control bus,
 * tickets, rates and external events over the same fixed connections. Has no rules of its own.
 */
import type { Engine } from '../../ports/engine.ts';
import { createRedisBroker, type RedisBrokerLimits } from './redis-broker.ts';
import type { RedisConnectionOptions } from './connection-options.ts';
import { createRedisControlBus } from './control-bus.ts';
import { createRedisDirectory } from './directory.ts';
import { createRedisExternalEvents } from './external-events.ts';
import { NodeRegistry, type NodeTimes } from './node-registry.ts';
import { createRedisPresenceStore } from './presence-store.ts';
import { createRedisConnections, type RedisConnections } from './redis-connections.ts';
import { createRedisSharedRates } from './shared-rates.ts';
import { createRedisTicketOffice } from './tickets.ts';

export interface RedisEngineOptions extends RedisConnectionOptions {
  /** For people who read logs. */
  readonly nodeName: string;
  /** Default and maximum 60 s. */
  readonly ticketLifetimeMs?: number;
  readonly brokerLimits?: Partial<RedisBrokerLimits>;
  /** @default heartbeat every 3 s, dead after 10 s */
  readonly nodeTimes?: Partial<NodeTimes>;
}

/** @throws Error that names the setting when Redis is not reached within 10 s. */
export async function createRedisEngine(options: RedisEngineOptions): Promise<Engine> {
  const connections = await createRedisConnections(options);
  try {
    return await assemble(options, connections);
  } catch (error) {
    await connections.close();
    throw error;
  }
}

async function assemble(
  options: RedisEngineOptions,
  connections: RedisConnections,
): Promise<Engine> {
  const { nodeId, nodeName, clock, random, ticketLifetimeMs, nodeTimes, brokerLimits } = options;
  const logger = options.logger.child({ engine: 'redis', node: nodeName });
  const tools = { connections, nodeId, clock, random, logger };
  const registry = new NodeRegistry({
    ...tools,
    ...(nodeTimes === undefined ? {} : { times: nodeTimes }),
  });
  const shared = { ...tools, registry };
  const presenceStore = createRedisPresenceStore(shared);
  const directory = createRedisDirectory(shared);
  const externalEvents = createRedisExternalEvents(shared);
  await registry.start();
  return {
    name: 'redis',
    broker: createRedisBroker({
      ...tools,
      ...(brokerLimits === undefined ? {} : { limits: brokerLimits }),
    }),
    presenceStore,
    controlBus: createRedisControlBus(shared),
    directory,
    tickets: createRedisTicketOffice({
      ...tools,
      ...(ticketLifetimeMs === undefined ? {} : { lifetimeMs: ticketLifetimeMs }),
    }),
    sharedRates: createRedisSharedRates(tools),
    externalEvents,
    healthChecks: [{ name: 'redis', check: () => connections.check() }],
    async close() {
      await externalEvents.close();
      await registry.close();
      await connections.close();
    },
  };
}
