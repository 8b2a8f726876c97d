/** Whether somebody looks at this tab: it is shown and has the focus. */
import { useSyncExternalStore } from 'react';

const EVENTS = ['focus', 'blur', 'visibilitychange'] as const;

function subscribe(listener: () => void): () => void {
  const stop = new AbortController();
  for (const type of EVENTS)
    (type === 'visibilitychange' ? document : window).addEventListener(type, listener, {
      signal: stop.signal,
    });
  return () => stop.abort();
}

const isLooking = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

export const useLooking = (): boolean => useSyncExternalStore(subscribe, isLooking, () => false);
