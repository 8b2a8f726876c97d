/**
 * What this process has done lately: a message whose acknowledgement was lost comes again soon,
 * and most often to the same process. Forgets the oldest; what must never happen twice has an
 * idempotency field in the store.
 */
export interface RecentIds {
  has(id: string): boolean;
  add(id: string): void;
}

export const createRecentIds = (capacity: number): RecentIds => {
  const ids = new Set<string>();
  return {
    has: (id) => ids.has(id),
    add: (id) => {
      ids.add(id);
      if (ids.size <= capacity) return;
      const [oldest] = ids;
      if (oldest !== undefined) ids.delete(oldest);
    },
  };
};
