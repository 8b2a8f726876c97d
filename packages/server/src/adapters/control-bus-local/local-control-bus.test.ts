import { expect, it } from 'vitest';
import type { ControlCommand } from '../../ports/control-bus.ts';
import { createLocalControlBus } from './local-control-bus.ts';

it('an order is carried out here, at once, until the bus is closed', async () => {
  const bus = createLocalControlBus();
  const orders: ControlCommand[] = [];
  await bus.start({
    handleCommand: (command) => orders.push(command),
    handleSurvey: () => ({ type: 'channels', channels: {} }),
  });
  const order: ControlCommand = { type: 'unsubscribe', user: 'ann', channel: 'chat:1' };
  await bus.send(order);
  expect(orders).toEqual([order]);
  await bus.close();
  await bus.send(order);
  expect(orders).toHaveLength(1);
  expect(await bus.survey({ type: 'channels' }, 10)).toEqual([]);
});
