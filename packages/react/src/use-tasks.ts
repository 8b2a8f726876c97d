/** My tasks, newest first, live. */
import { useCallback } from 'react';
import type { CarillonError, Task, TaskList } from '@carillon/client';
import { useParts } from './carillon-context.ts';
import type { Status } from './status.ts';
import { useReadable } from './use-readable.ts';

export interface UsedTasks {
  /** `off`: no connection on this page. */
  readonly status: Status;
  readonly items: readonly Task[];
  readonly hasMore: boolean;
  readonly error?: CarillonError;
  readonly loadMore: () => Promise<void>;
}

const LOADING: TaskList = { status: 'loading', items: [], hasMore: false };

export function useTasks(): UsedTasks {
  const { parts, isOff } = useParts();
  const tasks = parts?.tasks;
  const list = useReadable(tasks?.list, LOADING);
  const loadMore = useCallback(async () => tasks?.loadMore(), [tasks]);
  return { ...list, loadMore, status: isOff ? 'off' : list.status };
}
