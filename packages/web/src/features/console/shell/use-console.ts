/** What every part of the console has at hand: the calls, and what to do when one is refused. */
import { createContext, use, useEffect, useEffectEvent, useState } from 'react';
import type { Seen } from '../overview/series.ts';
import type { ConsoleCall } from './console-api.ts';

export interface Console {
  readonly call: ConsoleCall;
  /** What the overview showed last: it is there at once when somebody comes back to it. */
  readonly overview: { last: Seen | undefined };
}

export const ConsoleContext = createContext<Console | undefined>(undefined);

export function useConsole(): Console {
  const context = use(ConsoleContext);
  if (context === undefined) throw new Error('useConsole outside of the console');
  return context;
}

/** Whether anybody can see the page. */
function useIsVisible(): boolean {
  const [isVisible, setIsVisible] = useState(!document.hidden);
  useEffect(() => {
    const look = (): void => setIsVisible(!document.hidden);
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return isVisible;
}

/**
 * Calls at once and then `pauseMs` after each answer, while the page is visible. Never two calls at
 * a time. `key`: begins anew when it changes.
 */
export function usePolling(work: () => Promise<void>, pauseMs: number, key = ''): void {
  const isVisible = useIsVisible();
  const onTurn = useEffectEvent(work);
  useEffect(() => {
    if (!isVisible) return;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turn = async (): Promise<void> => {
      await onTurn();
      if (!isOver) timer = setTimeout(() => void turn(), pauseMs);
    };
    void turn();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [isVisible, pauseMs, key]);
}
