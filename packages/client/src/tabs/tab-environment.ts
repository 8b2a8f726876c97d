/** What tabs of one browser share, as ports: named locks and named message buses. */

export interface TabBus {
  /** To all other tabs; anything `structuredClone` takes. */
  post(message: unknown): void;
  close(): void;
}

export interface LockHandlers {
  /** `isFree`: nobody had it, there was no waiting. */
  onHeld(isFree: boolean): void;
  /** Another tab took it away because this one did not answer. */
  onLost(): void;
}

export interface TabEnvironment {
  openBus(name: string, onMessage: (message: unknown) => void): TabBus;
  /** Waits for the lock, or takes it from whoever has it. Returns how to let go or stop waiting. */
  acquire(name: string, handlers: LockHandlers, isStealing?: boolean): () => void;
}

/** Undefined where the browser lacks one of them, and outside of browsers: there are no tabs. */
export function browserTabs(): TabEnvironment | undefined {
  const isBrowser = typeof window === 'object' && typeof BroadcastChannel === 'function';
  const locks = isBrowser ? (navigator.locks as LockManager | undefined) : undefined;
  return locks && { openBus, acquire: (...request) => acquire(locks, request) };
}

function openBus(name: string, onMessage: (message: unknown) => void): TabBus {
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => onMessage(data));
  return {
    post: (message) => channel.postMessage(message),
    close: () => channel.close(),
  };
}

function acquire(
  locks: LockManager,
  [name, handlers, isStealing = false]: Parameters<TabEnvironment['acquire']>,
): () => void {
  let isWanted = true;
  let isHeld = false;
  let release = (): void => undefined;
  const abort = new AbortController();
  const hold = (isFree: boolean): Promise<void> | undefined => {
    if (!isWanted) return undefined;
    isHeld = true;
    handlers.onHeld(isFree);
    return new Promise((resolve) => {
      release = resolve;
      if (!isWanted) resolve();
    });
  };
  const wait = async (): Promise<void> => {
    if (isStealing) return locks.request(name, { steal: true }, () => hold(false));
    let isFree = true;
    await locks.request(name, { ifAvailable: true }, (lock) => {
      isFree = lock !== null;
      return isFree ? hold(true) : undefined;
    });
    if (!isFree) await locks.request(name, { signal: abort.signal }, () => hold(false));
  };
  // Rejects when it is taken away, and when we stop waiting.
  void wait().catch(() => {
    if (isHeld && isWanted) handlers.onLost();
  });
  return () => {
    isWanted = false;
    release();
    abort.abort();
  };
}
