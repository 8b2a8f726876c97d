/** One task, live. */
import { computed, toValue } from 'vue';
import type { ComputedRef, MaybeRefOrGetter } from 'vue';
import type { CarillonError, Task, TaskState } from '@carillon/client';
import { useParts } from './carillon-context.ts';
import { notConnected } from './not-connected.ts';
import type { Status } from './status.ts';
import { useHeld } from './use-held.ts';
import { useReadable } from './use-readable.ts';

export interface UsedTask {
  /** `off`: no connection on this page. */
  readonly status: ComputedRef<Status>;
  readonly task: ComputedRef<Task | undefined>;
  readonly error: ComputedRef<CarillonError | undefined>;
  /** Asks the backend to stop; it decides. @throws CarillonError */
  readonly cancel: () => Promise<void>;
}

const LOADING: TaskState = { status: 'loading' };

/** @param id undefined: none for now */
export function useTask(id: MaybeRefOrGetter<string | undefined>): UsedTask {
  const { parts, isOff } = useParts();
  const watched = useHeld({
    owner: () => parts.value?.tasks,
    id: () => toValue(id),
    open: (tasks, name) => tasks.watch(name),
  });
  const state = useReadable(() => watched.value?.state, LOADING);
  return {
    status: computed(() => (isOff.value ? 'off' : state.value.status)),
    task: computed(() => state.value.task),
    error: computed(() => state.value.error),
    cancel: async () => {
      if (watched.value === undefined) throw notConnected();
      await watched.value.cancel();
    },
  };
}
