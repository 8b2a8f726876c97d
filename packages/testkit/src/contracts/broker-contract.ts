/** What every broker must do, whatever it is built on. Run it against each adapter. */
import type { ChannelEvent, Publication } from '@carillon/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Broker, PublishOptions } from '../../../server/src/ports/broker.ts';

export interface BrokerSubject {
  readonly broker: Broker;
  /** Lets this much time pass for the broker. */
  advance(ms: number): Promise<void>;
}

interface Received {
  readonly channel: string;
  readonly event: ChannelEvent;
  readonly epoch: string | undefined;
}

const HISTORY: PublishOptions = { historySize: 5, historyTtlMs: 2_000 };
const event = (data: string): ChannelEvent => ({ type: 'publication', publication: { data } });
const offsetsOf = (publications: readonly Publication[]): (number | undefined)[] =>
  publications.map((publication) => publication.offset);

export function brokerContract(name: string, make: () => Promise<BrokerSubject>): void {
  describe(`broker contract: ${name}`, () => {
    let broker: Broker;
    let advance: BrokerSubject['advance'];
    let received: Received[];
    /** Waits until this many events have come in. */
    let receive: (count: number) => Promise<readonly Received[]>;

    beforeEach(async () => {
      ({ broker, advance } = await make());
      received = [];
      let wake = (): void => {};
      receive = async (count) => {
        while (received.length < count) await new Promise<void>((resolve) => (wake = resolve));
        return received;
      };
      await broker.start({
        handleEvent(channel, each, epoch) {
          received.push({ channel, event: each, epoch });
          wake();
        },
      });
    });

    afterEach(() => broker.close());

    async function publish(channel: string, count: number): Promise<void> {
      for (let index = 0; index < count; index += 1) {
        await broker.publish(channel, event(String(index)), HISTORY);
      }
    }

    it('delivers publications to subscribers in the order of publishing, with offset and epoch', async () => {
      await broker.subscribe('a');
      for (let index = 1; index <= 20; index += 1) {
        const result = await broker.publish('a', event(String(index)), HISTORY);
        expect(result).toMatchObject({ duplicate: false, position: { offset: index } });
      }
      const events = await receive(20);
      const { position } = await broker.history('a', { limit: 0 });
      for (const [index, each] of events.entries()) {
        expect(each).toEqual({
          channel: 'a',
          epoch: position.epoch,
          event: {
            type: 'publication',
            publication: { data: String(index + 1), offset: index + 1 },
          },
        });
      }
    });

    it('delivers nothing of channels it was not asked for, or no longer', async () => {
      await broker.subscribe('a');
      await broker.subscribe('b');
      await broker.unsubscribe('a');
      await broker.publish('a', event('1'), {});
      await broker.publish('c', event('1'), {});
      await broker.publish('b', event('1'), {});
      expect((await receive(1)).map((each) => each.channel)).toEqual(['b']);
    });

    it('carries everything a publication has, and joins and leaves, without history', async () => {
      await broker.subscribe('a');
      const publication: Publication = {
        data: '{"text":"\\u00e4 \u{1F600}"}',
        info: { user: 'ann', client: 'c1', connInfo: '{"n":1}' },
        tags: { cid: 'x' },
        excludeUser: 'bob',
        nativeOnly: true,
      };
      const info = { user: 'ann', client: 'c1' };
      const result = await broker.publish('a', { type: 'publication', publication }, {});
      expect(result).toEqual({ duplicate: false });
      await broker.publish('a', { type: 'join', info }, {});
      await broker.publish('a', { type: 'leave', info }, {});
      expect((await receive(3)).map((each) => each.event)).toEqual([
        { type: 'publication', publication },
        { type: 'join', info },
        { type: 'leave', info },
      ]);
    });

    it('[CLU5] joins and leaves carry how many are in the channel, where that is known', async () => {
      await broker.subscribe('a');
      const events: ChannelEvent[] = [
        { type: 'join', info: { user: 'ann', client: 'c1' }, clients: 12 },
        { type: 'leave', info: { user: 'ann', client: 'c1', connInfo: '{"n":1}' }, clients: 0 },
        { type: 'leave', info: { user: '', client: 'c2' } },
      ];
      for (const each of events) await broker.publish('a', each, {});
      expect((await receive(3)).map((each) => each.event)).toEqual(events);
    });

    it('[REC12] keeps the newest publications up to the size', async () => {
      await publish('a', 8);
      const page = await broker.history('a', { limit: -1 });
      expect(offsetsOf(page.publications)).toEqual([4, 5, 6, 7, 8]);
      expect(page.position.offset).toBe(8);
    });

    it('[REC12] drops history with its time to live, and keeps the position', async () => {
      await publish('a', 3);
      const before = await broker.history('a', { limit: 0 });
      await advance(2_100);
      const after = await broker.history('a', { limit: -1 });
      expect(after).toEqual({ position: before.position, publications: [] });
      const next = await broker.publish('a', event('4'), HISTORY);
      expect(next.position).toEqual({ ...before.position, offset: 4 });
    });

    it('[REC14] reads pages forward after a position and backward before one', async () => {
      await publish('a', 5);
      const { position } = await broker.history('a', { limit: 0 });
      const at = (offset: number) => ({ epoch: position.epoch, offset });
      const read = async (query: Parameters<Broker['history']>[1]) =>
        offsetsOf((await broker.history('a', query)).publications);
      expect(await read({ limit: 0 })).toEqual([]);
      expect(await read({ limit: 2 })).toEqual([1, 2]);
      expect(await read({ limit: 2, since: at(2) })).toEqual([3, 4]);
      expect(await read({ limit: -1, since: at(5) })).toEqual([]);
      expect(await read({ limit: 2, reverse: true })).toEqual([5, 4]);
      expect(await read({ limit: -1, reverse: true, since: at(3) })).toEqual([2, 1]);
      expect(await read({ limit: -1, since: at(99) })).toEqual([]);
    });

    it('a channel nobody has published to has a position that its first publication follows', async () => {
      const { position, publications } = await broker.history('new', { limit: -1 });
      expect([position.offset, publications]).toEqual([0, []]);
      const first = await broker.publish('new', event('1'), HISTORY);
      expect(first.position).toEqual({ epoch: position.epoch, offset: 1 });
    });

    it('removed history is gone, the position is not', async () => {
      await publish('a', 3);
      await broker.removeHistory('a');
      const page = await broker.history('a', { limit: -1 });
      expect(page).toMatchObject({ position: { offset: 3 }, publications: [] });
      await broker.removeHistory('never-used');
    });

    it('[REC11] the same idempotency key publishes once and answers the first position', async () => {
      await broker.subscribe('a');
      const options = { ...HISTORY, idempotencyKey: 'k' };
      const first = await broker.publish('a', event('1'), options);
      expect(await broker.publish('a', event('2'), options)).toEqual({ ...first, duplicate: true });
      const elsewhere = await broker.publish('b', event('3'), options);
      expect(elsewhere.duplicate).toBe(false);
      await broker.publish('a', event('4'), { ...HISTORY, idempotencyKey: 'other' });
      const events = await receive(2);
      expect(events.map((each) => each.event)).toMatchObject([
        { publication: { data: '1' } },
        { publication: { data: '4' } },
      ]);
    });

    it('[REC11] racing publications with one key are published once', async () => {
      const options = { ...HISTORY, idempotencyKey: 'k' };
      const results = await Promise.all(
        Array.from({ length: 10 }, () => broker.publish('a', event('1'), options)),
      );
      expect(results.filter((result) => !result.duplicate)).toHaveLength(1);
      expect(new Set(results.map((result) => result.position?.offset))).toEqual(new Set([1]));
    });

    it('offsets have no holes under concurrent publishers', async () => {
      await broker.subscribe('a');
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          broker.publish('a', event(String(index)), HISTORY),
        ),
      );
      const offsets = results.map((result) => result.position?.offset ?? 0);
      expect(offsets.toSorted((one, two) => one - two)).toEqual(
        Array.from({ length: 50 }, (_, index) => index + 1),
      );
      const events = await receive(50);
      const order = events.map((each) =>
        each.event.type === 'publication' ? each.event.publication.offset : -1,
      );
      expect(order).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    });
  });
}
