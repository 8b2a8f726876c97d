/** Engines on a real nats-server, as many as a test wants nodes; each test has an installation of its own. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Engine } from '../../../packages/server/src/ports/engine.ts';
import type { Logger } from '../../../packages/server/src/ports/logger.ts';
import { silentLogger } from '../../../packages/testkit/src/simulation/node-fixture.ts';
import { createSystemClock } from '../../../packages/server/src/adapters/clock-system/system-clock.ts';
import { createSystemRandom } from '../../../packages/server/src/adapters/clock-system/system-random.ts';
import { createNatsEngine } from '../../../packages/server/src/adapters/nats/nats-engine.ts';
import { startNats } from '../../../packages/testkit/src/servers/nats-server.ts';
import type { NatsServer } from '../../../packages/testkit/src/servers/nats-server.ts';
import type { NatsLimits } from '../../../packages/server/src/adapters/nats/nats-engine-options.ts';

export const clock = createSystemClock();
export const random = createSystemRandom();
export const logger: Logger = silentLogger();
export const silentMetrics = { count() {}, observe() {} };

let serial = 0;

/** A prefix nobody else on the server has. */
export function newInstallation(): string {
  serial += 1;
  return `test-${serial}`;
}

export function startNode(
  url: string,
  prefix: string,
  { nodeId = random.id(), ...limits }: Partial<NatsLimits> & { readonly nodeId?: string } = {},
): Promise<Engine> {
  serial += 1;
  return createNatsEngine({
    servers: [url],
    prefix,
    nodeId,
    nodeName: `node ${serial}`,
    clock,
    random,
    logger,
    metrics: silentMetrics,
    limits,
  });
}

export interface NatsBench {
  readonly server: NatsServer;
  /** Of the present test alone. */
  readonly prefix: string;
  /** Runs after the present test, the last one first. */
  readonly closing: (() => Promise<void> | void)[];
}

/** One nats-server for the tests of a file. */
export function useNats(): NatsBench {
  let server: NatsServer | undefined;
  let prefix = '';
  const closing: (() => Promise<void> | void)[] = [];
  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server?.stop());
  beforeEach(() => {
    prefix = newInstallation();
  });
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });
  return {
    get server() {
      if (server === undefined) throw new Error('only inside of tests');
      return server;
    },
    get prefix() {
      return prefix;
    },
    closing,
  };
}
