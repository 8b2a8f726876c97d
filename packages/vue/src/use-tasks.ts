/** My tasks, newest first, live. */
import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import type { CarillonError, Task, TaskList } from '@carillon/client';
import { useParts } from './carillon-context.ts';
import type { Status } from './status.ts';
import { useReadable } from './use-readable.ts';

export interface UsedTasks {
  /** `off`: no connection on this page. */
  readonly status: ComputedRef<Status>;
  readonly items: ComputedRef<readonly Task[]>;
  readonly hasMore: ComputedRef<boolean>;
  readonly error: ComputedRef<CarillonError | undefined>;
  readonly loadMore: () => Promise<void>;
}

const LOADING: TaskList = { status: 'loading', items: [], hasMore: false };

export function useTasks(): UsedTasks {
  const { parts, isOff } = useParts();
  const list = useReadable(() => parts.value?.tasks.list, LOADING);
  return {
    status: computed(() => (isOff.value ? 'off' : list.value.status)),
    items: computed(() => list.value.items),
    hasMore: computed(() => list.value.hasMore),
    error: computed(() => list.value.error),
    loadMore: async () => parts.value?.tasks.loadMore(),
  };
}
