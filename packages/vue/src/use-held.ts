/** Things that have to be let go: opened while their owner and id are there, released with the scope. */
import { shallowRef, watch } from 'vue';
import type { ShallowRef } from 'vue';

interface Releasable {
  release(): void;
}

interface Holding<P, T extends Releasable> {
  /** Undefined: nothing can be opened now. */
  readonly owner: () => P | undefined;
  readonly id: () => string | undefined;
  readonly open: (owner: P, id: string) => T;
}

export function useHeld<P, T extends Releasable>({
  owner,
  id,
  open,
}: Holding<P, T>): Readonly<ShallowRef<T | undefined>> {
  const held = shallowRef<T>();
  watch(
    [owner, id],
    ([from, name], _, onCleanup) => {
      held.value = undefined;
      if (from === undefined || name === undefined) return;
      const thing = open(from, name);
      held.value = thing;
      onCleanup(() => thing.release());
    },
    { immediate: true },
  );
  return held;
}
