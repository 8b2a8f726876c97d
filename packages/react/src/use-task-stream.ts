/** The text a task writes, token by token (AI output), in order and without a hole. */
import { useMemo } from 'react';
import type { CarillonError, TaskStreamState } from '@carillon/client';
import { useParts } from './carillon-context.ts';
import { useHeld } from './use-held.ts';
import { useReadable } from './use-readable.ts';

export interface UsedTaskStream {
  /** `off`: no connection on this page. */
  readonly status: TaskStreamState['status'] | 'off';
  readonly text: string;
  /** Index of the next chunk that is awaited. */
  readonly nextIndex: number;
  readonly error?: CarillonError;
}

const LOADING: TaskStreamState = { status: 'loading', text: '', nextIndex: 0 };

/** @param taskId undefined: none for now */
export function useTaskStream(taskId: string | undefined): UsedTaskStream {
  const { parts, isOff } = useParts();
  const tasks = parts?.tasks;
  const open = useMemo(
    () => (tasks === undefined || taskId === undefined ? undefined : () => tasks.stream(taskId)),
    [tasks, taskId],
  );
  const state = useReadable(useHeld(open)?.state, LOADING);
  return { ...state, status: isOff ? 'off' : state.status };
}
