/** What every presence store must do. Run it against each adapter. */
import type { ClientInfo } from '@carillon/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
