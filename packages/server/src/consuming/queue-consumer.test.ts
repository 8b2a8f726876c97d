import { fail, ok } from '@carillon/protocol';
import { expect, it } from 'vitest';
import { openQueue, REPEAT, type Call } from '../../../testkit/src/running-queue.ts';

const ACK = { type: 'ack' };
const notify = { procedure: 'notify', input: { users: ['ann', 'bob'], title: 'hello' } };
const progress = (id: string): object => ({ procedure: 'task.progress', input: { task_id: id } });

it('a failing message is tried after 1, 5, 15 and 60 seconds, and is a dead letter after the fifth failure', async () => {
  const times: number[] = [];
  const queue = await openQueue({
    call: () => {
      times.push(queue.clock.monotonic());
      return fail('internal', 'broken');
    },
  });
  const settling = queue.deliver(notify);
  await queue.clock.advance(81_000);
  expect(await settling).toEqual({
    type: 'dead',
    reason: 'failed 5 times, last: internal: broken',
  });
  expect(times).toEqual([0, 1_000, 6_000, 21_000, 81_000]);
  expect(queue.counted.get('queue_messages_total retry')).toBe(4);
  expect(queue.counted.get('queue_messages_total dead')).toBe(1);
});

it('while the store is away nothing is attempted, and no attempt is used up', async () => {
  let isAway = true;
  const queue = await openQueue({
    call: () => (isAway ? fail('storage_unavailable') : ok('done')),
    dependencies: [
      {
        name: 'store',
        check: () => (isAway ? Promise.reject(new Error('gone')) : Promise.resolve()),
      },
    ],
  });
  const first = queue.deliver(notify);
  await queue.clock.advance(10);
  const second = queue.deliver({ ...notify, key: 'other' });
  await queue.clock.advance(3_600_000);
  expect(queue.calls).toHaveLength(1);
  expect(queue.log.filter((line) => line.startsWith('queues pause'))).toHaveLength(1);
  isAway = false;
  await queue.clock.advance(1_000);
  expect(await first).toEqual(ACK);
  expect(await second).toEqual(ACK);
  expect(queue.calls).toHaveLength(3);
  expect(queue.counted.has('queue_messages_total retry')).toBe(false);
});

it('a message that fails while the store works uses up its attempts, whatever it says', async () => {
  const queue = await openQueue({
    call: () => fail('storage_unavailable'),
    dependencies: [{ name: 'store', check: () => Promise.resolve() }],
    limits: { backoffMs: [10] },
  });
  const settling = queue.deliver(notify);
  await queue.clock.advance(10);
  expect(await settling).toMatchObject({
    type: 'dead',
    reason: expect.stringMatching(/^failed 2 times/),
  });
});

it('a store that does not answer its check in time counts as away', async () => {
  const queue = await openQueue({
    call: () => fail('storage_unavailable'),
    dependencies: [{ name: 'store', check: () => Promise.withResolvers<void>().promise }],
  });
  void queue.deliver(notify);
  await queue.clock.advance(300_000);
  expect(queue.calls).toHaveLength(1);
  expect(queue.settled).toEqual([]);
});

it('messages of one key run one after the other, others run beside them, no more than allowed', async () => {
  const open: (() => void)[] = [];
  const queue = await openQueue({
    call: () =>
      new Promise((resolve) => {
        open.push(() => resolve(ok('done')));
      }),
    limits: { concurrency: 2 },
  });
  for (const id of ['a', 'a', 'b', 'c']) void queue.deliver(progress(id));
  await queue.clock.settle();
  const begun = (): readonly unknown[] => queue.calls.map(({ input }) => input['task_id']);
  expect(begun()).toEqual(['a', 'b']);
  open[0]?.();
  await queue.clock.settle();
  // c was waiting for a place before the second a came to the head of its lane.
  expect(begun()).toEqual(['a', 'b', 'c']);
  open[1]?.();
  await queue.clock.settle();
  expect(begun()).toEqual(['a', 'b', 'c', 'a']);
});

it('a message that waits for its next attempt leaves its place to other keys', async () => {
  const queue = await openQueue({
    call: ({ input }) => (input['task_id'] === 'bad' ? fail('internal') : ok('done')),
    limits: { concurrency: 1 },
  });
  void queue.deliver(progress('bad'));
  expect(await queue.deliver(progress('good'))).toEqual(ACK);
});

it('the id becomes the idempotency field of the procedure, unless the input has its own', async () => {
  const queue = await openQueue();
  const input = { users: ['ann'], title: 'x' };
  await queue.deliver({ procedure: 'notify', input, id: 'mine' });
  await queue.deliver({ procedure: 'notify', input }, { id: '17' });
  await queue.deliver({ procedure: 'notify', input: { ...input, dedupeKey: 'own' }, id: 'mine' });
  await queue.deliver({ procedure: 'notify', input }, { id: 'x'.repeat(200) });
  await queue.deliver({ procedure: 'chat.send', input: { conversation_id: 'c' }, id: 'mine' });
  const message = { sender: 'ann', content: 'x' };
  const direct = { procedure: 'broadcasting.sendDirectMessage', input: { user_id: 'b', message } };
  await queue.deliver({ ...direct, id: 'mine' });
  const keys = queue.calls.map(
    ({ input: given }) =>
      given['dedupeKey'] ??
      given['clientId'] ??
      Reflect.get(given['message'] as object, 'clientId'),
  );
  expect(keys).toEqual([
    'mine',
    'test:17',
    'own',
    expect.stringMatching(/^test:[\w-]{43}$/),
    'mine',
    'mine',
  ]);
});

it('publish goes to the publisher with its idempotency key; its input is checked as a procedure’s', async () => {
  const published: object[] = [];
  const queue = await openQueue({
    publish: (channel, options) => {
      published.push({ channel, ...options });
      return Promise.resolve(ok({}));
    },
  });
  const publish = { procedure: 'publish', input: { channel: 'room:a', data: { n: 1 } }, id: 'p1' };
  expect(await queue.deliver(publish)).toEqual(ACK);
  expect(published).toEqual([{ channel: 'room:a', idempotencyKey: 'p1' }]);
  const wrong = { procedure: 'publish', input: { channel: 'room:a', data: 1, chanel: 'x' } };
  expect(await queue.deliver(wrong)).toMatchObject({
    type: 'dead',
    reason: expect.stringMatching(/chanel/),
  });
});

it('a message whose acknowledgement was lost is acknowledged again, not run again', async () => {
  const queue = await openQueue();
  const event = { procedure: 'users.event', input: { user_id: 'ann', event: {} }, id: 'e1' };
  await queue.deliver(event);
  expect(await queue.deliver(event, { redeliveries: 1 })).toEqual(ACK);
  await queue.deliver(notify, { id: '5' });
  await queue.deliver(notify, { id: '5', redeliveries: 1 });
  expect(queue.calls).toHaveLength(2);
  expect(queue.counted.get('queue_messages_total repeat')).toBe(2);
});

it('what the procedure knows as a repeat is acknowledged as one', async () => {
  const queue = await openQueue({ call: () => ok(REPEAT) });
  expect(await queue.deliver(notify)).toEqual(ACK);
  expect(queue.counted.get('queue_messages_total repeat')).toBe(1);
});

it('the end of a task that has ended so already is done; another end is a dead letter; late progress is dropped', async () => {
  const finished = ({ method }: Call) =>
    method === 'task.get' ? ok({ status: 'completed' }) : fail('task_finished');
  const queue = await openQueue({ call: finished });
  const end = (procedure: string): object => ({ procedure, input: { task_id: 't' } });
  expect(await queue.deliver(end('task.complete'))).toEqual(ACK);
  expect(await queue.deliver(end('task.progress'))).toEqual(ACK);
  expect(await queue.deliver(end('task.fail'))).toMatchObject({
    type: 'dead',
    reason: expect.stringMatching(/finished/),
  });
});

it('what another message may still bring about is waited for', async () => {
  let exists = false;
  const queue = await openQueue({ call: () => (exists ? ok('done') : fail('not_found')) });
  const settling = queue.deliver(progress('t'));
  await queue.clock.advance(500);
  exists = true;
  await queue.clock.advance(500);
  expect(await settling).toEqual(ACK);
});

it('a message delivered again and again without an answer is taken for one that ends processes', async () => {
  const queue = await openQueue();
  expect(await queue.deliver(notify, { redeliveries: 20 })).toEqual(ACK);
  expect(await queue.deliver(notify, { redeliveries: 21 })).toEqual({
    type: 'dead',
    reason: 'delivered 22 times without an answer',
  });
});

it('at the end what runs is finished and what waits is given back', async () => {
  const running = Promise.withResolvers<void>();
  const queue = await openQueue({
    call: async ({ input }) => {
      if (input['task_id'] === 'bad') return fail('internal');
      await running.promise;
      return ok('done');
    },
    limits: { concurrency: 1 },
  });
  const failing = queue.deliver(progress('bad'));
  await queue.clock.settle();
  const first = queue.deliver(progress('a'));
  const second = queue.deliver(progress('a'));
  await queue.clock.settle();
  const closed = queue.consuming.close();
  await queue.clock.settle();
  running.resolve();
  const back = { type: 'retry', delayMs: 0 };
  expect(await failing).toEqual(back);
  expect(await first).toEqual(ACK);
  expect(await second).toEqual(back);
  expect(await queue.deliver(progress('c'))).toEqual(back);
  await closed;
});

it('a queue that cannot be reached is tried again, and its health check says why', async () => {
  const queue = await openQueue({ startProblems: ['refused', 'refused again'] });
  const [health] = queue.consuming.healthChecks;
  await expect(health?.check()).rejects.toThrow('refused');
  await queue.clock.advance(750);
  await expect(health?.check()).rejects.toThrow('refused again');
  await queue.clock.advance(1_500);
  await health?.check();
  expect(await queue.deliver(notify)).toEqual(ACK);
  expect(queue.counted.get('queue_waiting_messages')).toBe(3);
  await queue.consuming.close();
});
