/** The contract suites of all ports on a real nats-server, with one and two nodes. */
import { setTimeout as pass } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { brokerContract } from '../../../packages/testkit/src/contracts/broker-contract.ts';
import { sharedConnectionDirectoryContract } from '../../../packages/testkit/src/contracts/connection-directory-contract.ts';
import { sharedControlBusContract } from '../../../packages/testkit/src/contracts/control-bus-contract.ts';
import { sharedPresenceStoreContract } from '../../../packages/testkit/src/contracts/presence-store-contract.ts';
import { sharedRatesContract } from '../../../packages/testkit/src/contracts/shared-rates-contract.ts';
import { sharedTicketOfficeContract } from '../../../packages/testkit/src/contracts/ticket-office-contract.ts';
import { startNats } from '../../../packages/testkit/src/servers/nats-server.ts';
import type { NatsServer } from '../../../packages/testkit/src/servers/nats-server.ts';
import type { Engine } from '../../../packages/server/src/ports/engine.ts';
import type { SharedRates } from '../../../packages/server/src/ports/shared-rates.ts';
import { newInstallation, startNode } from './nats-nodes.ts';

/** Shorter than in production, so that a dead node is found within the test. */
const LIMITS = {
  greetingMs: 50,
  heartbeatMs: 200,
  nodeTimeoutMs: 700,
  ticketLifetimeMs: 1_000,
  forgetRatesAfterMs: 1_000,
};

const DEATH = {
  deadAfterMs: LIMITS.nodeTimeoutMs + LIMITS.heartbeatMs,
  advance: (ms: number) => pass(ms),
};

let nats: NatsServer;
const engines: Engine[] = [];
beforeAll(async () => {
  nats = await startNats();
});
afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  await nats.stop();
});

async function node(prefix: string, names: { readonly nodeId?: string } = {}): Promise<Engine> {
  const engine = await startNode(nats.url, prefix, { ...LIMITS, ...names });
  engines.push(engine);
  return engine;
}

brokerContract('nats', async () => ({
  broker: (await node(newInstallation())).broker,
  advance: (ms) => pass(ms),
}));

sharedPresenceStoreContract('nats', async () => {
  const prefix = newInstallation();
  return {
    store: (await node(prefix)).presenceStore,
    async makeSecondNode() {
      const second = await startNode(nats.url, prefix, LIMITS);
      return { store: second.presenceStore, crash: () => second.close() };
    },
    ...DEATH,
  };
});

sharedConnectionDirectoryContract('nats', async () => {
  const prefix = newInstallation();
  const { directory } = await node(prefix);
  return {
    directory,
    async makeSecondNode() {
      const second = await startNode(nats.url, prefix, LIMITS);
      return { directory: second.directory, crash: () => second.close() };
    },
    ...DEATH,
  };
});

sharedControlBusContract('nats', async () => {
  const prefix = newInstallation();
  return {
    bus: (await node(prefix, { nodeId: 'one' })).controlBus,
    makeSecondNode: async () => (await node(prefix, { nodeId: 'two' })).controlBus,
  };
});

const ratesOf = ({ sharedRates }: Engine): SharedRates => {
  if (sharedRates === undefined) throw new Error('the engine has no shared rates');
  return sharedRates;
};

sharedRatesContract('nats', async () => {
  const prefix = newInstallation();
  return {
    rates: ratesOf(await node(prefix)),
    makeSecondNode: async () => ratesOf(await node(prefix)),
    forgetsAfterMs: LIMITS.forgetRatesAfterMs,
    advance: (ms) => pass(ms),
    close: () => Promise.resolve(),
  };
});

sharedTicketOfficeContract('nats', async () => {
  const prefix = newInstallation();
  return {
    office: (await node(prefix)).tickets,
    lifetimeMs: LIMITS.ticketLifetimeMs,
    now: Date.now,
    advance: (ms) => pass(ms),
    makeSecondNode: async () => (await node(prefix)).tickets,
    close: () => Promise.resolve(),
  };
});
