/** The text a task writes, token by token (AI output), in order and without a hole. */
import { computed, toValue } from 'vue';
import type { ComputedRef, MaybeRefOrGetter } from 'vue';
import type { CarillonError, TaskStreamState } from '@carillon/client';
import { useParts } from './carillon-context.ts';
import { useHeld } from './use-held.ts';
import { useReadable } from './use-readable.ts';

export interface UsedTaskStream {
  /** `off`: no connection on this page. */
  readonly status: ComputedRef<TaskStreamState['status'] | 'off'>;
  readonly text: ComputedRef<string>;
  /** Index of the next chunk that is awaited. */
  readonly nextIndex: ComputedRef<number>;
  readonly error: ComputedRef<CarillonError | undefined>;
}

const LOADING: TaskStreamState = { status: 'loading', text: '', nextIndex: 0 };

/** @param taskId undefined: none for now */
export function useTaskStream(taskId: MaybeRefOrGetter<string | undefined>): UsedTaskStream {
  const { parts, isOff } = useParts();
  const stream = useHeld({
    owner: () => parts.value?.tasks,
    id: () => toValue(taskId),
    open: (tasks, name) => tasks.stream(name),
  });
  const state = useReadable(() => stream.value?.state, LOADING);
  return {
    status: computed(() => (isOff.value ? 'off' : state.value.status)),
    text: computed(() => state.value.text),
    nextIndex: computed(() => state.value.nextIndex),
    error: computed(() => state.value.error),
  };
}
