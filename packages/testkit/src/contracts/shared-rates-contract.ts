/** What shared rates must do: two nodes on one engine. Run it against each adapter. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SharedRates } from '../../../server/src/ports/shared-rates.ts';

export interface SharedRatesSubject {
  readonly rates: SharedRates;
  /** Another process on the same engine. */
  makeSecondNode(): Promise<SharedRates>;
  /** After this much silence about a bucket nothing of it is known any more. */
  readonly forgetsAfterMs: number;
  /** Lets this much time pass for the engine. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

const spent = (counts: Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
  new Map(Object.entries(counts));

/** An adapter may leave out a bucket of which the others took nothing, or say 0. */
const told = (answer: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...answer].filter(([, count]) => count !== 0));

export function sharedRatesContract(name: string, make: () => Promise<SharedRatesSubject>): void {
  describe(`shared rates contract: ${name}`, () => {
    let subject: SharedRatesSubject;
    let one: SharedRates;
    let two: SharedRates;
    beforeEach(async () => {
      subject = await make();
      one = subject.rates;
      two = await subject.makeSecondNode();
    });
    afterEach(() => subject.close());

    it('a node is not told what it took itself', async () => {
      expect(told(await one.exchange(spent({ 'publish:ann': 3 })))).toEqual({});
      expect(told(await one.exchange(spent({ 'publish:ann': 2 })))).toEqual({});
    });

    it('a node is told once what the others took, also when it asks for the first time', async () => {
      await one.exchange(spent({ 'publish:ann': 3 }));
      expect(told(await two.exchange(spent({ 'publish:ann': 2 })))).toEqual({ 'publish:ann': 3 });
      expect(told(await one.exchange(spent({ 'publish:ann': 1 })))).toEqual({ 'publish:ann': 2 });
      expect(told(await two.exchange(spent({ 'publish:ann': 0 })))).toEqual({ 'publish:ann': 1 });
      expect(told(await two.exchange(spent({ 'publish:ann': 4 })))).toEqual({});
      expect(told(await one.exchange(spent({ 'publish:ann': 0 })))).toEqual({ 'publish:ann': 4 });
    });

    it('a node is told of the buckets it names, and of no other', async () => {
      await one.exchange(spent({ 'publish:ann': 3, 'command:ann': 5, 'publish:bob': 1 }));
      const answer = await two.exchange(spent({ 'command:ann': 1, 'publish:ä:b*': 1 }));
      expect(told(answer)).toEqual({ 'command:ann': 5 });
    });

    it('what nobody took lately is forgotten', async () => {
      await one.exchange(spent({ 'publish:ann': 50 }));
      await subject.advance(subject.forgetsAfterMs + 100);
      expect(told(await two.exchange(spent({ 'publish:ann': 1 })))).toEqual({});
    });

    it('nothing taken and nothing asked is nothing', async () => {
      expect(told(await one.exchange(new Map()))).toEqual({});
    });

    it('many buckets at once are all counted', async () => {
      const keys = Array.from({ length: 500 }, (_, index) => `command:u${index}`);
      const each = (count: number) => Object.fromEntries(keys.map((key) => [key, count]));
      await one.exchange(spent(each(2)));
      expect(told(await two.exchange(spent(each(1))))).toEqual(each(2));
      expect(told(await one.exchange(spent(each(0))))).toEqual(each(1));
    });
  });
}
