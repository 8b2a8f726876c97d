/** What a source has handed over and not settled yet, and room for more. */
export interface InHand {
  readonly free: number;
  add(work: Promise<unknown>): void;
  /** Resolves when at least one more may be handed over. */
  whenFree(): Promise<void>;
  /** Resolves when nothing is left. */
  whenEmpty(): Promise<void>;
}

export const createInHand = (capacity: number): InHand => {
  let size = 0;
  const waiting = new Set<() => void>();

  const until = async (isReached: () => boolean): Promise<void> => {
    while (!isReached()) {
      await new Promise<void>((resolve) => {
        waiting.add(resolve);
      });
    }
  };

  const remove = (): void => {
    size -= 1;
    for (const look of waiting) look();
    waiting.clear();
  };

  return {
    get free() {
      return capacity - size;
    },
    add: (work) => {
      size += 1;
      work.then(remove, remove);
    },
    whenFree: () => until(() => size < capacity),
    whenEmpty: () => until(() => size === 0),
  };
};
