/**
 * A list that comes page by page. The first page is looked at again every few seconds while it is
 * the only one; what was loaded further down stays as it was until somebody reloads. What another
 * query found stands there until the answer to the new one has come, so that nothing flickers.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ConsoleAnswer, ConsoleFailure } from './console-api.ts';
import { usePolling } from './use-console.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

export interface Pages<T> {
  readonly items: readonly T[];
  readonly state: 'loading' | 'ready' | 'failed';
  readonly failure: ConsoleFailure | undefined;
  readonly hasMore: boolean;
  /** Loads the next page, unless one is on its way. */
  readonly more: () => void;
  readonly reload: () => Promise<void>;
}

interface Held<T> {
  readonly key: string;
  readonly items: readonly T[];
  readonly next: string | undefined;
  readonly pages: number;
  readonly failure: ConsoleFailure | undefined;
}

const REFRESH_MS = 5_000;

/** @param key of the query: another one begins another list. */
export function usePages<T>(
  load: (cursor: string | undefined) => Promise<ConsoleAnswer<Page<T>>>,
  key: string,
): Pages<T> {
  const [held, setHeld] = useState<Held<T> | undefined>(undefined);
  const current = useRef({ key, isLoadingMore: false });
  useEffect(() => {
    current.current = { key, isLoadingMore: false };
  }, [key]);

  const reload = useCallback(async (): Promise<void> => {
    const asked = current.current;
    const answer = await load(undefined);
    if (current.current !== asked) return;
    setHeld((before) =>
      answer.ok
        ? { key, items: answer.value.items, next: answer.value.next, pages: 1, failure: undefined }
        : { items: [], next: undefined, pages: 1, ...before, key, failure: answer },
    );
  }, [load, key]);

  const isLong = held?.key === key && held.pages > 1;
  usePolling(() => (isLong ? Promise.resolve() : reload()), REFRESH_MS, key);

  const more = (): void => {
    const asked = current.current;
    if (held?.next === undefined || held.key !== key || asked.isLoadingMore) return;
    asked.isLoadingMore = true;
    void load(held.next).then((answer) => {
      asked.isLoadingMore = false;
      if (current.current !== asked) return;
      setHeld((before) => extended(before, answer));
    });
  };

  return {
    items: held?.items ?? [],
    state: held === undefined ? 'loading' : held.failure === undefined ? 'ready' : 'failed',
    failure: held?.failure,
    hasMore: held?.next !== undefined,
    more,
    reload,
  };
}

function extended<T>(
  before: Held<T> | undefined,
  answer: ConsoleAnswer<Page<T>>,
): Held<T> | undefined {
  if (before === undefined) return before;
  if (!answer.ok) return { ...before, failure: answer };
  return {
    key: before.key,
    items: [...before.items, ...answer.value.items],
    next: answer.value.next,
    pages: before.pages + 1,
    failure: undefined,
  };
}
