/**
 * What the SDK needs of the place it runs in. The defaults are the browser's and Node's own; tests,
 * old runtimes and shared connections bring others.
 */

export interface ClientClock {
  /** Epoch milliseconds, for what people see. */
  now(): number;
  /** Milliseconds that never jump, for durations. */
  monotonic(): number;
  /** Calls back once; returns how to cancel. */
  after(delayMs: number, callback: () => void): () => void;
}

export type PageEvent = 'online' | 'offline' | 'visible' | 'hidden';

/** Where the transport that worked is remembered, as `localStorage`. */
export interface TransportMemory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export interface ClientEnvironment {
  readonly clock: ClientClock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly WebSocket?: typeof WebSocket | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly EventSource?: typeof EventSource | undefined;
  readonly storage?: TransportMemory | undefined;
  readonly isOnline: () => boolean;
  readonly isVisible: () => boolean;
  /** Returns how to stop. */
  readonly onPageEvent: (listener: (event: PageEvent) => void) => () => void;
}

const clock: ClientClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};

function onPageEvent(listener: (event: PageEvent) => void): () => void {
  const controller = new AbortController();
  const listen = (target: EventTarget, type: string, name: () => PageEvent): void =>
    target.addEventListener(type, () => listener(name()), controller);
  if (typeof window !== 'undefined') {
    listen(window, 'online', () => 'online');
    listen(window, 'offline', () => 'offline');
    listen(document, 'visibilitychange', () => (isVisible() ? 'visible' : 'hidden'));
  }
  return () => controller.abort();
}

const isVisible = (): boolean =>
  typeof document === 'undefined' || document.visibilityState === 'visible';

/** Reading `localStorage` throws where the user has forbidden it. */
function storage(): TransportMemory | undefined {
  try {
    return typeof window === 'undefined' ? undefined : window.localStorage;
  } catch {
    return undefined;
  }
}

/** Read when a client is made, not when the module is loaded: rendering on a server has none of it. */
export function platform(): ClientEnvironment {
  const { WebSocket, fetch, EventSource } = globalThis;
  return {
    clock,
    random: Math.random,
    WebSocket,
    // Called as a method of something else it throws in browsers.
    fetch: fetch && ((input, init) => fetch(input, init)),
    EventSource,
    storage: storage(),
    // Node says undefined.
    isOnline: () => globalThis.navigator?.onLine !== false,
    isVisible,
    onPageEvent,
  };
}
