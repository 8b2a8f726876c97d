/**
 * What of a log's partitions was handed over and settled. Only the oldest unsettled message decides
 * how far a partition is done; a message that comes again while it is in hand is not taken twice.
 */
interface Placed {
  readonly offset: bigint;
}

export interface OffsetTracker<M extends Placed> {
  /** `taken`: it is to be handed over; else it was before. */
  take(partition: string, message: M): 'taken' | 'in hand' | 'done';
  /** The newest message up to which everything is settled now; undefined when that did not move. */
  settle(partition: string, message: M): M | undefined;
  /** Forgets all other partitions: they are somebody else's now. */
  keepOnly(partitions: readonly string[]): void;
}

interface Partition<M> {
  /** Handed over and not counted as done, oldest first. */
  handed: M[];
  readonly settled: Set<bigint>;
  doneUpTo: bigint;
}

export function createOffsetTracker<M extends Placed>(): OffsetTracker<M> {
  const partitions = new Map<string, Partition<M>>();
  return {
    take: (name, message) => {
      const partition = partitions.get(name) ?? {
        handed: [],
        settled: new Set<bigint>(),
        doneUpTo: -1n,
      };
      partitions.set(name, partition);
      if (message.offset <= partition.doneUpTo) return 'done';
      if (message.offset <= (partition.handed.at(-1)?.offset ?? -1n)) return 'in hand';
      partition.handed.push(message);
      return 'taken';
    },
    settle: (name, message) => {
      const partition = partitions.get(name);
      if (partition?.handed.includes(message) !== true) return undefined;
      partition.settled.add(message.offset);
      const open = partition.handed.findIndex(({ offset }) => !partition.settled.has(offset));
      const done = partition.handed.slice(0, open < 0 ? undefined : open);
      const last = done.at(-1);
      if (last === undefined) return undefined;
      partition.handed = partition.handed.slice(done.length);
      for (const { offset } of done) partition.settled.delete(offset);
      partition.doneUpTo = last.offset;
      return last;
    },
    keepOnly: (kept) => {
      const names = new Set(kept);
      for (const name of partitions.keys()) if (!names.has(name)) partitions.delete(name);
    },
  };
}
