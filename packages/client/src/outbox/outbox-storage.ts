/** Where the offline queue is kept: IndexedDB, or memory where there is none. */
import type { OutboxItem } from './outbox.ts';

export interface OutboxStorage {
  /** True where other tabs see the same items. */
  readonly isShared: boolean;
  load(): Promise<readonly OutboxItem[]>;
  put(item: OutboxItem): Promise<void>;
  drop(id: string): Promise<void>;
}

/** The queue itself has its items for as long as the page lives: nothing to add. */
export const memoryStorage: OutboxStorage = {
  isShared: false,
  load: () => Promise.resolve([]),
  put: () => Promise.resolve(),
  drop: () => Promise.resolve(),
};

const STORE = 'outbox';

interface StoredItem {
  readonly owner: string;
  readonly id: string;
  readonly item: OutboxItem;
}

/** `owner` keeps the items of several users and servers apart in the one database of an origin. */
export function indexedDbStorage(owner: string): OutboxStorage {
  let opened: Promise<IDBDatabase> | undefined;
  const run = async <T>(
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => {
    opened ??= openDatabase();
    const transaction = (await opened).transaction(STORE, mode);
    const request = act(transaction.objectStore(STORE));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
    });
  };
  return {
    isShared: true,
    async load() {
      const range = IDBKeyRange.bound([owner], [owner, []]);
      const rows = await run<StoredItem[]>('readonly', (store) => store.getAll(range));
      return rows.map(({ item }) => item);
    },
    async put(item) {
      await run('readwrite', (store) => store.put({ owner, id: item.id, item }));
    },
    async drop(id) {
      await run('readwrite', (store) => store.delete([owner, id]));
    },
  };
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('carillon', 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: ['owner', 'id'] });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('not opened'));
  });
}
