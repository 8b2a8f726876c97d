/** Engines on a real nats-server, as many as a test wants nodes; each test has an installation of its own. */
import type { Engine } from '../../../packages/server/src/ports/engine.ts';
import type { Logger } from '../../../packages/server/src/ports/logger.ts';
import { silentLogger } from '../../../packages/testkit/src/simulation/node-fixture.ts';
import { createSystemClock } from '../../../packages/server/src/adapters/clock-system/system-clock.ts';
import { createSystemRandom } from '../../../packages/server/src/adapters/clock-system/system-random.ts';
import { createNatsEngine } from '../../../packages/server/src/adapters/nats/nats-engine.ts';
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
  limits: Partial<NatsLimits> = {},
): Promise<Engine> {
  serial += 1;
  return createNatsEngine({
    servers: [url],
    prefix,
    nodeId: random.id(),
    nodeName: `node ${serial}`,
    clock,
    random,
    logger,
    metrics: silentMetrics,
    limits,
  });
}
