/** One task, live. */
import { useCallback, useMemo } from 'react';
import type { CarillonError, Task, TaskState } from '@carillon/client';
import { useParts } from './carillon-context.ts';
import { notConnected } from './not-connected.ts';
import type { Status } from './status.ts';
import { useHeld } from './use-held.ts';
import { useReadable } from './use-readable.ts';

export interface UsedTask {
  /** `off`: no connection on this page. */
  readonly status: Status;
  readonly task?: Task;
  readonly error?: CarillonError;
  /** Asks the backend to stop; it decides. @throws CarillonError */
  readonly cancel: () => Promise<void>;
}

const LOADING: TaskState = { status: 'loading' };

/** @param id undefined: none for now */
export function useTask(id: string | undefined): UsedTask {
  const { parts, isOff } = useParts();
  const tasks = parts?.tasks;
  const open = useMemo(
    () => (tasks === undefined || id === undefined ? undefined : () => tasks.watch(id)),
    [tasks, id],
  );
  const watched = useHeld(open);
  const state = useReadable(watched?.state, LOADING);
  const cancel = useCallback(async () => {
    if (watched === undefined) throw notConnected();
    await watched.cancel();
  }, [watched]);
  return { ...state, cancel, status: isOff ? 'off' : state.status };
}
