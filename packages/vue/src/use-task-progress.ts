/** A task's bar without a look of its own. */
import { computed, shallowRef, toValue, watch } from 'vue';
import type { ComputedRef, MaybeRefOrGetter } from 'vue';
import { taskView, withSample } from '@carillon/client/ui';
import type { ProgressSample, TaskViewModel } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';
import type { Status } from './status.ts';
import { useClock } from './use-clock.ts';
import { useTask } from './use-task.ts';

export interface UsedTaskProgress {
  readonly status: ComputedRef<Status>;
  /** Undefined until the task is loaded. */
  readonly view: ComputedRef<TaskViewModel | undefined>;
  readonly cancel: () => void;
}

export function useTaskProgress(taskId: MaybeRefOrGetter<string | undefined>): UsedTaskProgress {
  const { status, task, cancel } = useTask(taskId);
  const texts = useTexts();
  const nowMs = useClock(() => (task.value?.status === 'running' ? 'second' : undefined));
  const samples = shallowRef<readonly ProgressSample[]>([]);
  watch(
    [() => toValue(taskId), () => task.value?.progress],
    ([id, progress], [idBefore]) => {
      if (id !== idBefore) samples.value = [];
      if (progress === undefined) return;
      samples.value = withSample(samples.value, { atMs: Date.now(), progress });
    },
    { immediate: true },
  );
  return {
    status,
    view: computed(() =>
      task.value === undefined
        ? undefined
        : taskView({
            task: task.value,
            samples: samples.value,
            nowMs: nowMs.value,
            texts: texts.value,
          }),
    ),
    // Whether it stops is told by the task itself.
    cancel: () => void cancel().catch(() => undefined),
  };
}
