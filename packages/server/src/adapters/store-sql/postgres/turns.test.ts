import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

/** Runs work at once, and counts the transactions. */
function database() {
  const made = { transactions: 0 };
  const connection = { query: () => Promise.resolve([]) };
  return {
    made,
    async run<T>(_kind: string, work: (on: typeof connection) => Promise<T>): Promise<T> {
      made.transactions += 1;
      return work(connection);
    },
  };
}

it('changes of one row happen in their order, those who waited in one transaction', async () => {
  const on = database();
  const turns = new Turns(on, 1000);
  const order: number[] = [];
  const results = await Promise.all(
    [1, 2, 3, 4].map((n) =>
      turns.take('row', async () => {
        order.push(n);
        return n * 10;
      }),
    ),
  );
  expect(results).toEqual([10, 20, 30, 40]);
  expect(order).toEqual([1, 2, 3, 4]);
  expect(on.made.transactions).toBe(2);
});

it('rows do not wait for each other', async () => {
  const turns = new Turns(database(), 1000);
  const { promise: gate, resolve: open } = Promise.withResolvers<string>();
  const stuck = turns.take('one', () => gate);
  expect(await turns.take('other', () => Promise.resolve('done'))).toBe('done');
  open('at last');
  expect(await stuck).toBe('at last');
});

it('what one change does wrong fails that change only', async () => {
  const turns = new Turns(database(), 1000);
  const works = [
    () => Promise.resolve('first'),
    () => Promise.resolve('second'),
    () => Promise.reject(new Error('wrong')),
    () => Promise.resolve('fourth'),
  ];
  const settled = await Promise.allSettled(works.map((work) => turns.take<string>('row', work)));
  expect(settled).toMatchObject([
    { value: 'first' },
    { value: 'second' },
    { reason: { message: 'wrong' } },
    { value: 'fourth' },
  ]);
});

it('whoever has waited for too long is refused without being tried', async () => {
  const turns = new Turns(database(), 0);
  const tried = turns.take('row', () => Promise.resolve('tried'));
  await expect(tried).rejects.toMatchObject({ name: 'StoreUnavailableError' });
});
