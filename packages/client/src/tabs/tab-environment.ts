/** What tabs of one browser share, as ports: named locks and named message buses. */

export interface TabBus {
  /** To all other tabs; anything `structuredClone` takes. */
  post(message: unknown): void;
  close(): void;
}

export interface LockHandlers {
  onHeld(): void;
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
  const abort = new AbortController();
  let isHeld = false;
  let release: () => void = () => abort.abort();
  void locks
    .request(name, isStealing ? { steal: true } : { signal: abort.signal }, () => {
      if (abort.signal.aborted) return undefined;
      const held = new Promise<void>((resolve) => {
        release = () => {
          isHeld = false;
          resolve();
        };
      });
      isHeld = true;
      handlers.onHeld();
      return held;
    })
    // Aborted by ourselves while waiting, or stolen while held.
    .catch(() => {
      if (isHeld) handlers.onLost();
    });
  return () => {
    abort.abort();
    release();
  };
}
