/**
 * What every presence store must do. `presenceStoreContract` for one node alone,
 * `sharedPresenceStoreContract` for one that sees the whole cluster.
 */
import type { ClientInfo } from '@carillon/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PresenceStore } from '../../../server/src/ports/presence-store.ts';

const info = (user: string, client: string): ClientInfo => ({ user, client });

export function presenceStoreContract(name: string, make: () => Promise<PresenceStore>): void {
  describe(`presence store contract: ${name}`, () => {
    let store: PresenceStore;
    beforeEach(async () => {
      store = await make();
    });
    afterEach(() => store.close());

    const clients = async (channel: string): Promise<string[]> =>
      (await store.list(channel)).map((each) => each.client).toSorted();

    it('[PRE1] lists who was added and not removed, channel by channel', async () => {
      await store.add('a', info('ann', 'c1'));
      await store.add('a', info('bob', 'c2'));
      await store.add('b', info('ann', 'c1'));
      await store.remove('a', info('ann', 'c1'));
      expect(await clients('a')).toEqual(['c2']);
      expect(await clients('b')).toEqual(['c1']);
      expect(await clients('nobody')).toEqual([]);
    });

    it('[PRE1] counts connections and users', async () => {
      await store.add('a', info('ann', 'c1'));
      await store.add('a', info('ann', 'c2'));
      await store.add('a', info('bob', 'c3'));
      expect(await store.stats('a')).toEqual({ clients: 3, users: 2 });
      await store.remove('a', info('ann', 'c1'));
      expect(await store.stats('a')).toEqual({ clients: 2, users: 2 });
      await store.remove('a', info('ann', 'c2'));
      expect(await store.stats('a')).toEqual({ clients: 1, users: 1 });
      expect(await store.stats('nobody')).toEqual({ clients: 0, users: 0 });
    });

    it('adding twice is adding once, with the newer info', async () => {
      await store.add('a', info('ann', 'c1'));
      await store.add('a', { ...info('ann', 'c1'), connInfo: '{"n":2}' });
      expect(await store.stats('a')).toEqual({ clients: 1, users: 1 });
      expect(await store.list('a')).toEqual([{ user: 'ann', client: 'c1', connInfo: '{"n":2}' }]);
    });

    it('removing somebody who is not there changes nothing', async () => {
      await store.add('a', info('ann', 'c1'));
      await store.remove('a', info('ann', 'c9'));
      await store.remove('b', info('ann', 'c1'));
      expect(await store.stats('a')).toEqual({ clients: 1, users: 1 });
    });
  });
}

export interface SharedPresenceSubject {
  readonly store: PresenceStore;
  /** The store of another process on the same engine. */
  makeSecondNode(): Promise<{
    readonly store: PresenceStore;
    /** The process ends without a word. */
    crash(): Promise<void>;
  }>;
  /** So long after a crash its connections are still listed at most. */
  readonly deadAfterMs: number;
  /** Lets this much time pass for the engine and the nodes. */
  advance(ms: number): Promise<void>;
}

export function sharedPresenceStoreContract(
  name: string,
  make: () => Promise<SharedPresenceSubject>,
): void {
  presenceStoreContract(name, async () => (await make()).store);

  describe(`presence store contract, two nodes: ${name}`, () => {
    let subject: SharedPresenceSubject;
    let here: PresenceStore;
    let there: PresenceStore;
    let crash: () => Promise<void>;
    let hasCrashed: boolean;
    beforeEach(async () => {
      subject = await make();
      const second = await subject.makeSecondNode();
      here = subject.store;
      there = second.store;
      hasCrashed = false;
      crash = async () => {
        hasCrashed = true;
        await second.crash();
      };
    });
    afterEach(async () => {
      await here.close();
      if (!hasCrashed) await there.close();
    });

    const soon = (look: () => Promise<void>): Promise<void> =>
      vi.waitFor(look, { timeout: 5_000, interval: 5 });

    it('[CLU5] lists and counts the connections of all nodes', async () => {
      await here.add('a', info('ann', 'c1'));
      await there.add('a', { ...info('ann', 'c2'), connInfo: '{"n":1}' });
      await there.add('a', info('', 'c3'));
      for (const store of [here, there]) {
        await soon(async () => {
          expect((await store.list('a')).map(({ client }) => client).toSorted()).toEqual([
            'c1',
            'c2',
            'c3',
          ]);
          expect(await store.stats('a')).toEqual({ clients: 3, users: 2 });
        });
      }
      expect(await here.list('a')).toContainEqual({ ...info('ann', 'c2'), connInfo: '{"n":1}' });
      await there.remove('a', info('ann', 'c2'));
      await soon(async () => {
        expect(await here.stats('a')).toEqual({ clients: 2, users: 2 });
      });
    });

    it('[CLU5] answers how many connections the user has now, whatever the node', async () => {
      expect(await here.add('a', info('ann', 'c1'))).toBe(1);
      await soon(async () => {
        expect(await there.add('a', info('ann', 'c2'))).toBe(2);
      });
      expect(await there.add('a', info('bob', 'c3'))).toBe(1);
      expect(await there.add('b', info('ann', 'c2'))).toBe(1);
      await soon(async () => {
        expect(await here.remove('a', info('ann', 'c1'))).toBe(1);
      });
      expect(await there.remove('a', info('ann', 'c2'))).toBe(0);
    });

    it('[CLU5] of connections that race exactly one is the first and one the last', async () => {
      const clients = Array.from({ length: 20 }, (_, index) => info('ann', `c${index}`));
      const storeOf = (index: number): PresenceStore => (index % 2 === 0 ? here : there);
      const added = await Promise.all(
        clients.map((each, index) => storeOf(index).add('$told:a', each)),
      );
      expect(added.filter((count) => count === 1)).toHaveLength(1);
      const removed = await Promise.all(
        clients.map((each, index) => storeOf(index).remove('$told:a', each)),
      );
      expect(removed.filter((count) => count === 0)).toHaveLength(1);
    });

    it('[CLU2] connections of a node that died end by themselves, those of the living do not', async () => {
      await here.add('a', info('ann', 'c1'));
      await there.add('a', info('bob', 'c2'));
      await soon(async () => {
        expect(await here.stats('a')).toEqual({ clients: 2, users: 2 });
      });
      await crash();
      await subject.advance(subject.deadAfterMs);
      await soon(async () => {
        expect(await here.list('a')).toEqual([info('ann', 'c1')]);
        expect(await here.stats('a')).toEqual({ clients: 1, users: 1 });
      });
      expect(await here.add('a', info('bob', 'c3'))).toBe(1);
    });
  });
}
