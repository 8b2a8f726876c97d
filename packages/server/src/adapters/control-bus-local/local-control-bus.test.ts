import { expect, it } from 'vitest';
import { controlBusContract } from '../../../../testkit/src/contracts/control-bus-contract.ts';
import type { ControlCommand } from '../../ports/control-bus.ts';
import { createLocalControlBus } from './local-control-bus.ts';

controlBusContract('local', () => Promise.resolve({ bus: createLocalControlBus() }));

it('a closed bus carries nothing and knows nobody', async () => {
  const bus = createLocalControlBus();
  const orders: ControlCommand[] = [];
  await bus.start({
    handleCommand: (command) => orders.push(command),
    handleSurvey: () => ({ type: 'channels', channels: {} }),
  });
  await bus.close();
  await bus.send({ type: 'unsubscribe', user: 'ann', channel: 'chat:1' });
  expect(orders).toEqual([]);
  expect(await bus.survey({ type: 'channels' }, 10)).toEqual([]);
});
