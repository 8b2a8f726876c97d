import { setTimeout as pass } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { brokerContract } from '../../../../testkit/src/contracts/broker-contract.ts';
import { startNats } from '../../../../testkit/src/servers/nats-server.ts';
import type { NatsServer } from '../../../../testkit/src/servers/nats-server.ts';
import { createSystemClock } from '../clock-system/system-clock.ts';
import { createSystemRandom } from '../clock-system/system-random.ts';
import { createNatsBroker } from './nats-broker.ts';
import { DEFAULT_NATS_LIMITS } from './nats-engine-options.ts';
import { openNatsLink } from './nats-link.ts';

let nats: NatsServer;
let serial = 0;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats.stop());

brokerContract('nats', async () => {
  const silent = { debug() {}, info() {}, warn: console.log, error: console.log, child: () => silent };
  const link = await openNatsLink(
    {
      servers: [nats.url],
      nodeId: 'a',
      nodeName: 'a',
      clock: createSystemClock(),
      random: createSystemRandom(),
      logger: silent,
      metrics: { count() {}, observe() {} },
    },
    DEFAULT_NATS_LIMITS,
  );
  const broker = createNatsBroker({
    link,
    prefix: `test-${(serial += 1)}`,
    nodeId: 'a',
    clock: createSystemClock(),
    random: createSystemRandom(),
    limits: DEFAULT_NATS_LIMITS,
  });
  return { broker, advance: (ms: number) => pass(ms) };
});
