import { afterEach, expect, it, vi } from 'vitest';
import { StoreUnavailableError } from '../../../ports/store.ts';
import { Gathering } from './gathering.ts';

interface Sent {
  readonly group: readonly string[];
  answer(): void;
  fail(error: Error): void;
}

/** Inputs are `key:name`; the values are the names. */
function gatheringOf(options: { maxGroup?: number; maxWaitMs?: number } = {}) {
  const sent: Sent[] = [];
  let arrived = (): void => undefined;
  const gathering = new Gathering<string, string>({
    keysOf: (input) => [input.split(':')[0] ?? ''],
    groupKeysOf: (input) => [input],
    run: (group) => {
      const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
      sent.push({
        group,
        answer: () => resolve(group.map((input) => input.toUpperCase())),
        fail: reject,
      });
      arrived();
      return promise;
    },
    maxGroup: options.maxGroup ?? 10,
    maxGroupsOnTheirWay: 2,
    maxWaitMs: options.maxWaitMs ?? 60_000,
  });
  const nth = async (n: number): Promise<Sent> => {
    while (sent.length < n) {
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
    const one = sent[n - 1];
    if (one === undefined) throw new Error('nothing was sent');
    return one;
  };
  return { gathering, sent, nth };
}

afterEach(() => vi.useRealTimers());

it('calls of one tick are one group, each answered with its own value', async () => {
  const { gathering, nth } = gatheringOf();
  const calls = ['a:1', 'b:1', 'a:2'].map((input) => gathering.add(input));
  const first = await nth(1);
  expect(first.group).toEqual(['a:1', 'b:1', 'a:2']);
  first.answer();
  expect(await Promise.all(calls)).toEqual(['A:1', 'B:1', 'A:2']);
});

it('what touches the same as a group on its way waits for it, in order; the rest goes', async () => {
  const { gathering, sent, nth } = gatheringOf();
  void gathering.add('a:1');
  const first = await nth(1);
  for (const input of ['a:2', 'b:1', 'a:3']) void gathering.add(input);
  const second = await nth(2);
  expect(second.group).toEqual(['b:1']);
  void gathering.add('a:4');
  first.answer();
  expect((await nth(3)).group).toEqual(['a:2', 'a:3', 'a:4']);
  expect(sent).toHaveLength(3);
});

it('the same call twice is never in one group, and nothing overtakes the second', async () => {
  const { gathering, nth } = gatheringOf();
  for (const input of ['a:1', 'a:1', 'a:2', 'b:1']) void gathering.add(input);
  const first = await nth(1);
  expect(first.group).toEqual(['a:1', 'b:1']);
  first.answer();
  expect((await nth(2)).group).toEqual(['a:1', 'a:2']);
});

it('a group has so many calls at most', async () => {
  const { gathering, nth } = gatheringOf({ maxGroup: 2 });
  for (const input of ['a:1', 'b:1', 'c:1', 'd:1', 'e:1']) void gathering.add(input);
  expect((await nth(1)).group).toEqual(['a:1', 'b:1']);
  expect((await nth(2)).group).toEqual(['c:1', 'd:1']);
  (await nth(1)).answer();
  expect((await nth(3)).group).toEqual(['e:1']);
});

it('what one call does wrong fails that call only', async () => {
  const { gathering, nth } = gatheringOf();
  const calls = ['a:1', 'bad:1', 'b:1'].map((input) => gathering.add(input));
  const settled = Promise.allSettled(calls);
  (await nth(1)).fail(new Error('cannot be stored'));
  (await nth(2)).answer();
  (await nth(3)).fail(new Error('cannot be stored'));
  (await nth(4)).answer();
  expect(await settled).toMatchObject([
    { value: 'A:1' },
    { reason: { message: 'cannot be stored' } },
    { value: 'B:1' },
  ]);
});

it('a database that is away fails the group at once', async () => {
  const { gathering, sent, nth } = gatheringOf();
  const settled = Promise.allSettled(['a:1', 'b:1'].map((input) => gathering.add(input)));
  (await nth(1)).fail(new StoreUnavailableError('away'));
  for (const result of await settled) expect(result).toMatchObject({ status: 'rejected' });
  expect(sent).toHaveLength(1);
});

it('whoever waits for a place too long is refused', async () => {
  vi.useFakeTimers();
  const { gathering } = gatheringOf({ maxWaitMs: 1000 });
  void gathering.add('a:1');
  await vi.advanceTimersByTimeAsync(500);
  const late = gathering.add('a:2');
  const refused = expect(late).rejects.toThrow(/too busy/);
  await vi.advanceTimersByTimeAsync(999);
  await vi.advanceTimersByTimeAsync(1);
  await refused;
});
