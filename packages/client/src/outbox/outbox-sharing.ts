/**
 * The queue in several tabs: every change is stored, then told to the other tabs, in this order;
 * one tab, which holds the lock, sends. Knows nothing of sending itself.
 */
import type { TabEnvironment } from '../tabs/tab-environment.ts';
import type { OutboxStorage } from './outbox-storage.ts';
import type { OutboxItem } from './outbox.ts';

/** What tabs tell each other. */
export type OutboxChange =
  | { readonly type: 'put'; readonly item: OutboxItem }
  | { readonly type: 'drop'; readonly id: string }
  /** Taken by the server: gone from the queue, with what it answered. */
  | { readonly type: 'sent'; readonly item: OutboxItem; readonly result: unknown };

export interface OutboxSharing {
  /** Whether this tab is the one that sends. */
  isSender(): boolean;
  /** Stores a change and tells it; never rejects. */
  tell(change: OutboxChange): void;
  /** Takes the sending over from a tab that holds the lock and does not send. */
  takeOver(): void;
  close(): void;
}

export interface OutboxSharingOptions {
  readonly name: string;
  readonly storage: OutboxStorage;
  readonly tabs: TabEnvironment | undefined;
  /** What there is: at the start, and when this tab becomes the sender. */
  readonly onLoaded: (items: readonly OutboxItem[]) => void;
  readonly onChange: (change: OutboxChange) => void;
}

export function createOutboxSharing(options: OutboxSharingOptions): OutboxSharing {
  const { name, storage, onLoaded } = options;
  const tabs = storage.isShared ? options.tabs : undefined;
  let isSender = false;
  let isClosed = false;
  let last: Promise<void> = Promise.resolve();

  /** One after the other. A disk that fails costs the memory over reloads, not the queue. */
  const inOrder = (act: () => Promise<void>): void => {
    last = last.then(act).catch(() => undefined);
  };
  const load = (becomesSender: boolean): void =>
    inOrder(async () => {
      const items = await storage.load().catch(() => []);
      isSender ||= becomesSender && !isClosed;
      if (!isClosed) onLoaded(items);
    });
  const bus = tabs?.openBus(name, (message) => options.onChange(message as OutboxChange));
  const handlers = {
    onHeld: () => load(true),
    onLost() {
      isSender = false;
      // Behind the one that has it now.
      if (tabs !== undefined && !isClosed) release = tabs.acquire(name, handlers);
    },
  };
  let release = tabs?.acquire(name, handlers);
  load(tabs === undefined);
  return {
    isSender: () => isSender,
    tell(change) {
      inOrder(async () => {
        if (change.type !== 'put') {
          await storage.drop(change.type === 'drop' ? change.id : change.item.id).catch(ignore);
        } else if (change.item.state !== 'sending') {
          await storage.put(change.item).catch(ignore);
        }
        bus?.post(change);
      });
    },
    takeOver() {
      release?.();
      release = tabs?.acquire(name, handlers, true);
    },
    close() {
      isClosed = true;
      isSender = false;
      release?.();
      inOrder(() => {
        bus?.close();
        return Promise.resolve();
      });
    },
  };
}

const ignore = (): void => undefined;
