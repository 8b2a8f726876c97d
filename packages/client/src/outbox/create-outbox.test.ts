/** The offline queue over a scripted server: order, repeats, refusals, several tabs, users. */
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../testkit/src/fake-clock.ts';
import { ScriptedClient, ScriptedStreams } from '../../../testkit/src/sdk/scripted-streams.ts';
import { SimulatedBrowser, type SimulatedTab } from '../../../testkit/src/sdk/simulated-browser.ts';
import { createSeededRandom } from '../../../testkit/src/seeded-random.ts';
import { CarillonError } from '../carillon-error.ts';
import { createOutbox } from './create-outbox.ts';
import type { OutboxStorage } from './outbox-storage.ts';
import type { Outbox, OutboxItem } from './outbox.ts';

const refusal = (code: number, isTemporary: boolean) =>
  new CarillonError({ code, message: `error ${code}`, isTemporary });

/** What a disk keeps, for all tabs. */
function sharedDisk(): OutboxStorage & { readonly items: Map<string, OutboxItem> } {
  const items = new Map<string, OutboxItem>();
  return {
    items,
    isShared: true,
    load: () => Promise.resolve([...items.values()]),
    put: (item) => Promise.resolve(void items.set(item.id, item)),
    drop: (id) => Promise.resolve(void items.delete(id)),
  };
}

function world() {
  const clock = createFakeClock();
  const browser = new SimulatedBrowser(clock, createSeededRandom(7));
  /** What the server has taken, each id once, and how often it was asked. */
  const taken: string[] = [];
  const asked: string[] = [];
  let answer = (_id: string): Promise<void> => Promise.resolve();
  const connect = (user = 'u'): ScriptedClient => {
    const client = new ScriptedClient({
      streams: new ScriptedStreams(),
      own: [],
      user,
      after: (ms, callback) => clock.after(ms, callback),
      answer: async (_method, input) => {
        const { clientId } = input as { clientId: string };
        asked.push(clientId);
        await answer(clientId);
        if (!taken.includes(clientId)) taken.push(clientId);
        return { id: `stored ${clientId}` };
      },
    });
    return client;
  };
  return {
    clock,
    browser,
    taken,
    asked,
    connect,
    answerWith: (next: typeof answer) => {
      answer = next;
    },
  };
}

const add = (outbox: Outbox, id: string, key = 'c'): void =>
  outbox.add({
    id,
    key,
    method: 'chat.send',
    input: { conversation_id: key, clientId: id, content: id },
  });

const states = (outbox: Outbox): string[] =>
  outbox.items.get().map(({ id, state }) => `${id} ${state}`);

test('what is added without a connection waits, and is sent in order when there is one', async () => {
  const { clock, connect, taken } = world();
  const client = connect();
  const outbox = createOutbox({ client, user: 'u', clock });
  for (const id of ['1', '2', '3']) add(outbox, id);
  await clock.advance(60_000);
  expect(states(outbox)).toEqual(['1 queued', '2 queued', '3 queued']);
  client.connect();
  await clock.advance(100);
  expect(taken).toEqual(['1', '2', '3']);
  expect(outbox.items.get()).toEqual([]);
});

test('a temporary error is tried again with growing pauses, and holds up its own key only', async () => {
  const { clock, connect, taken, asked, answerWith } = world();
  const client = connect();
  client.connect();
  const outbox = createOutbox({ client, user: 'u', clock });
  await clock.advance(10);
  answerWith((id) => (id === 'a1' ? Promise.reject(refusal(420, true)) : Promise.resolve()));
  add(outbox, 'a1', 'a');
  add(outbox, 'a2', 'a');
  add(outbox, 'b1', 'b');
  await clock.advance(6_500);
  expect(taken).toEqual(['b1']);
  expect(asked.filter((id) => id === 'a1')).toHaveLength(3);
  answerWith(() => Promise.resolve());
  await clock.advance(1_000);
  expect(taken).toEqual(['b1', 'a1', 'a2']);
});

test('a refusal for good is kept with its reason, and the next go on; retry sends it again', async () => {
  const { clock, connect, taken, answerWith } = world();
  const client = connect();
  client.connect();
  const outbox = createOutbox({ client, user: 'u', clock });
  await clock.advance(10);
  answerWith((id) => (id === '1' ? Promise.reject(refusal(405, false)) : Promise.resolve()));
  add(outbox, '1');
  add(outbox, '2');
  await clock.advance(10);
  expect(outbox.items.get()).toMatchObject([
    { id: '1', state: 'failed', error: { code: 405, message: 'error 405' } },
  ]);
  expect(taken).toEqual(['2']);
  answerWith(() => Promise.resolve());
  outbox.retry('1');
  await clock.advance(10);
  expect(taken).toEqual(['2', '1']);
  expect(outbox.items.get()).toEqual([]);
});

test('a lost answer is asked for again when the connection is back, at once', async () => {
  const { clock, connect, taken, asked, answerWith } = world();
  const client = connect();
  client.connect();
  const outbox = createOutbox({ client, user: 'u', clock });
  await clock.advance(10);
  const results: unknown[] = [];
  outbox.onSent((_item, result) => results.push(result));
  let end = (): void => undefined;
  answerWith(() => new Promise((resolve) => (end = resolve)));
  add(outbox, '1');
  await clock.advance(1);
  client.cut();
  end();
  answerWith(() => Promise.resolve());
  await clock.advance(50);
  expect(asked).toEqual(['1', '1']);
  expect(taken).toEqual(['1']);
  expect(results).toEqual([{ id: 'stored 1' }]);
});

test('items of one user are never sent by a connection of another', async () => {
  const { clock, connect, asked } = world();
  const client = connect('somebody else');
  const outbox = createOutbox({ client, user: 'ann', clock });
  add(outbox, '1');
  client.connect();
  await clock.advance(60_000);
  expect(asked).toEqual([]);
  client.user.set('ann');
  await clock.advance(10);
  expect(asked).toEqual(['1']);
});

test('it takes no more than a thousand items, nor more than a MiB', () => {
  const { clock, connect } = world();
  const outbox = createOutbox({ client: connect(), user: 'u', clock });
  for (let n = 0; n < 1_000; n += 1) add(outbox, `${n}`);
  expect(() => add(outbox, 'one more')).toThrow(CarillonError);
  const other = createOutbox({ client: connect(), user: 'u', clock });
  add(other, 'x'.repeat(400_000));
  expect(() => add(other, 'y'.repeat(400_000))).toThrow('full');
  add(other, 'small');
});

const outboxIn = (at: ReturnType<typeof world>, tab: SimulatedTab, storage: OutboxStorage) => {
  const client = at.connect();
  client.connect();
  const clock = { ...at.clock, now: () => at.clock.now(), monotonic: () => at.clock.monotonic() };
  const after = tab.after.bind(tab);
  return createOutbox({ client, user: 'u', storage, tabs: tab, clock: { ...clock, after } });
};

test('in several tabs one sends, in the order of adding, and all see the items', async () => {
  const at = world();
  const disk = sharedDisk();
  const [first, second] = [0, 1].map(() => outboxIn(at, at.browser.openTab(), disk));
  if (first === undefined || second === undefined) throw new Error('two were made');
  await at.clock.advance(100);
  let end = (): void => undefined;
  at.answerWith(() => new Promise((resolve) => (end = resolve)));
  add(second, '1');
  await at.clock.advance(20);
  add(first, '2');
  await at.clock.advance(20);
  for (const outbox of [first, second]) {
    expect(states(outbox)).toEqual(['1 sending', '2 queued']);
  }
  at.answerWith(() => Promise.resolve());
  end();
  await at.clock.advance(50);
  expect(at.asked).toEqual(['1', '2']);
  expect([states(first), states(second), disk.items.size]).toEqual([[], [], 0]);
});

test.each(['crash', 'freeze'] as const)(
  'when the sending tab does %s, another one goes on',
  async (how) => {
    const at = world();
    const disk = sharedDisk();
    const tabs = [at.browser.openTab(), at.browser.openTab()];
    const [, second] = tabs.map((tab) => outboxIn(at, tab, disk));
    if (second === undefined) throw new Error('two were made');
    await at.clock.advance(100);
    at.answerWith(() => new Promise(() => undefined));
    for (const id of ['1', '2', '3']) add(second, id);
    await at.clock.advance(20);
    tabs[0]?.[how]();
    at.answerWith(() => Promise.resolve());
    await at.clock.advance(40_000);
    expect(at.taken).toEqual(['1', '2', '3']);
    expect(states(second)).toEqual([]);
  },
);

test('after a reload it goes on with what the disk has; what was on its way is sent again', async () => {
  const at = world();
  const disk = sharedDisk();
  const tab = at.browser.openTab();
  const before = outboxIn(at, tab, disk);
  await at.clock.advance(100);
  at.answerWith(() => new Promise(() => undefined));
  for (const id of ['1', '2']) add(before, id);
  await at.clock.advance(20);
  tab.crash();
  at.answerWith(() => Promise.resolve());
  const after = outboxIn(at, at.browser.openTab(), disk);
  await at.clock.advance(100);
  expect(at.taken).toEqual(['1', '2']);
  expect(states(after)).toEqual([]);
});
