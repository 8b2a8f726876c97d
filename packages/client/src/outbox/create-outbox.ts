/**
 * Sends what is queued: per key one after the other, while this client is connected as the user
 * whose items they are. Where items are kept and how tabs agree: outbox-sharing.ts.
 *
 *   add ──▶ queued ──▶ sending ──▶ (taken: gone)
 *             ▲ │ temporary ◀┤
 *             └─retry── failed ◀┘ refused for good
 */
import { CarillonError } from '../carillon-error.ts';
import type { Client } from '../client.ts';
import { platform, type ClientClock } from '../environment.ts';
import { createListeners } from '../listeners.ts';
import { asError, pauseAfter } from '../live/loader.ts';
import { createWritable, type Readable } from '../readable.ts';
import { browserTabs, type TabEnvironment } from '../tabs/tab-environment.ts';
import { createOutboxSharing, type OutboxChange, type OutboxSharing } from './outbox-sharing.ts';
import { indexedDbStorage, memoryStorage, type OutboxStorage } from './outbox-storage.ts';
import type { Outbox, OutboxItem } from './outbox.ts';

export interface OutboxOptions {
  readonly client: Client;
  /** Whose items: they are sent only while the server knows this connection as the same. */
  readonly user: string;
  /** Keeps apart what one origin has with several servers. @default carillon */
  readonly name?: string;
  /** @default IndexedDB, or memory where there is none */
  readonly storage?: OutboxStorage;
  /** @default the browser's, where it has Web Locks and BroadcastChannel */
  readonly tabs?: TabEnvironment;
  readonly clock?: ClientClock;
}

const MAX_ITEMS = 1_000;
const MAX_CHARACTERS = 1_048_576;
/** Items of different keys that are on their way at once. */
const MAX_SENDING = 4;
/** So long a queued item waits for the tab that sends, before this one takes over. */
const PATIENCE_MS = 15_000;
/** Token expired: the connection refreshes it, and the same again succeeds. */
const AFTER_REFRESH = [109, 110];

/** The offline queue of one user. */
export const createOutbox = (options: OutboxOptions): Outbox => new OutboxQueue(options);

class OutboxQueue implements Outbox {
  readonly #client: Client;
  readonly #user: string;
  readonly #clock: ClientClock;
  readonly #sharing: OutboxSharing;
  readonly #items = createWritable<readonly OutboxItem[]>([]);
  readonly #sent = createListeners<{ readonly item: OutboxItem; readonly result: unknown }>();
  /** Keys whose first item is on its way, or waits after a failure: then with how to end the waiting. */
  readonly #busy = new Map<string, (() => void) | undefined>();
  readonly #stops: readonly (() => void)[];
  #sending = 0;
  #isClosed = false;
  #cancelWatch: (() => void) | undefined;

  constructor({ client, user, clock = platform().clock, ...options }: OutboxOptions) {
    this.#client = client;
    this.#user = user;
    this.#clock = clock;
    const name = `carillon-outbox ${options.name ?? 'carillon'} ${user}`;
    const hasDatabase = typeof indexedDB === 'object';
    this.#sharing = createOutboxSharing({
      name,
      storage: options.storage ?? (hasDatabase ? indexedDbStorage(name) : memoryStorage),
      tabs: options.tabs ?? browserTabs(),
      onLoaded: (items) => this.#handleLoaded(items),
      onChange: (change) => {
        this.#apply(change);
        this.#pump();
      },
    });
    this.#stops = [client.state, client.user].map((readable) =>
      readable.subscribe(() => this.#handleConnection()),
    );
  }

  get items(): Readable<readonly OutboxItem[]> {
    return this.#items;
  }

  add: Outbox['add'] = ({ id, method, input, key }) => {
    if (this.#find(id) !== undefined) return;
    const items = this.#items.get();
    checkRoom(items, input);
    const createdAtMs = Math.max(this.#clock.now(), (items.at(-1)?.createdAtMs ?? 0) + 1);
    this.#change({
      type: 'put',
      item: { id, method, input, key, createdAtMs, state: 'queued', attempts: 0 },
    });
    this.#pump();
  };

  retry(id: string): void {
    const item = this.#find(id);
    if (item?.state !== 'failed') return;
    this.#change({ type: 'put', item: asQueued({ ...item, attempts: 0 }) });
    this.#pump();
  }

  discard(id: string): void {
    if (this.#find(id) !== undefined) this.#change({ type: 'drop', id });
  }

  onSent(listener: (item: OutboxItem, result: unknown) => void): () => void {
    return this.#sent.add(({ item, result }) => listener(item, result));
  }

  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#busy.values()) cancel?.();
    this.#cancelWatch?.();
    for (const stop of this.#stops) stop();
    this.#sharing.close();
  }

  #find(id: string): OutboxItem | undefined {
    return this.#items.get().find((item) => item.id === id);
  }

  #isReady(): boolean {
    const { state, user } = this.#client;
    return !this.#isClosed && state.get().status === 'connected' && user.get() === this.#user;
  }

  #change(change: OutboxChange): void {
    this.#apply(change);
    this.#sharing.tell(change);
  }

  #apply(change: OutboxChange): void {
    // First, so that the result is shown before its item leaves the queue.
    if (change.type === 'sent') this.#sent.emit(change);
    const id = change.type === 'drop' ? change.id : change.item.id;
    const others = this.#items.get().filter((item) => item.id !== id);
    this.#items.set(change.type === 'put' ? inOrder([...others, change.item]) : others);
  }

  #handleLoaded(loaded: readonly OutboxItem[]): void {
    const known = this.#items.get();
    const more = loaded.filter(({ id }) => this.#find(id) === undefined);
    // What the tab that sent before us had on its way is sent again: the server knows it by its id.
    const isLeft = ({ state, key }: OutboxItem): boolean =>
      state === 'sending' && this.#sharing.isSender() && !this.#busy.has(key);
    this.#items.set(
      inOrder([...more, ...known.map((item) => (isLeft(item) ? asQueued(item) : item))]),
    );
    this.#pump();
  }

  #handleConnection(): void {
    if (!this.#isReady()) return;
    // The reason of the failures may be gone: nothing waits longer for it.
    for (const [key, cancel] of this.#busy) {
      cancel?.();
      if (cancel !== undefined) this.#busy.delete(key);
    }
    this.#pump();
  }

  #pump(): void {
    this.#watchSender();
    if (!this.#isReady() || !this.#sharing.isSender()) return;
    const passed = new Set<string>();
    for (const item of this.#items.get()) {
      if (this.#sending >= MAX_SENDING) return;
      if (item.state === 'failed' || passed.has(item.key)) continue;
      passed.add(item.key);
      if (!this.#busy.has(item.key)) void this.#send(item);
    }
  }

  async #send(queued: OutboxItem): Promise<void> {
    const item: OutboxItem = { ...queued, state: 'sending', attempts: queued.attempts + 1 };
    this.#busy.set(item.key, undefined);
    this.#sending += 1;
    this.#change({ type: 'put', item });
    try {
      // The queue holds calls of any method: which input belongs to which was checked by `add`.
      const result: unknown = await this.#client.call(item.method, item.input as never);
      this.#busy.delete(item.key);
      this.#change({ type: 'sent', item, result });
    } catch (error) {
      this.#busy.delete(item.key);
      if (!this.#isClosed) this.#handleFailure(item.id, asError(error));
    }
    this.#sending -= 1;
    this.#pump();
  }

  #handleFailure(id: string, { code, message, isTemporary }: CarillonError): void {
    const item = this.#find(id);
    if (item === undefined) return;
    if (!isTemporary && !AFTER_REFRESH.includes(code)) {
      this.#change({ type: 'put', item: { ...item, state: 'failed', error: { code, message } } });
      return;
    }
    this.#change({ type: 'put', item: asQueued(item) });
    const again = (): void => {
      this.#busy.delete(item.key);
      this.#pump();
    };
    this.#busy.set(item.key, this.#clock.after(pauseAfter(item.attempts), again));
  }

  /** A tab that was frozen keeps its lock; what it does not send, another one must. */
  #watchSender(): void {
    const first = this.#items.get().find(({ state }) => state !== 'failed');
    if (first === undefined || !this.#isReady() || this.#sharing.isSender()) {
      this.#cancelWatch?.();
      this.#cancelWatch = undefined;
      return;
    }
    this.#cancelWatch ??= this.#clock.after(PATIENCE_MS, () => {
      this.#cancelWatch = undefined;
      if (this.#find(first.id) === first) this.#sharing.takeOver();
      else this.#watchSender();
    });
  }
}

function asQueued(item: OutboxItem): OutboxItem {
  const queued: OutboxItem & { error?: unknown } = { ...item, state: 'queued' };
  delete queued.error;
  return queued;
}

const inOrder = (items: readonly OutboxItem[]): readonly OutboxItem[] =>
  items.toSorted((a, b) => a.createdAtMs - b.createdAtMs);

function checkRoom(items: readonly OutboxItem[], input: unknown): void {
  const characters = items.reduce(
    (sum, item) => sum + JSON.stringify(item.input).length,
    JSON.stringify(input).length,
  );
  if (items.length < MAX_ITEMS && characters <= MAX_CHARACTERS) return;
  throw new CarillonError({
    name: 'queue_full',
    code: 0,
    message: 'the offline queue is full: wait until it is sent, or discard something',
    isTemporary: true,
  });
}
