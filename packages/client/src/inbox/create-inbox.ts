/**
 * The bell. What the server has told is kept apart from the own marks that it has not answered yet:
 * shown are both together, so that a refused mark is taken back by forgetting it.
 */
import type { Publication } from '../channel.ts';
import type { Client } from '../client.ts';
import { platform, type ClientClock } from '../environment.ts';
import { createListeners } from '../listeners.ts';
import { frameOf, type Frame } from '../live/frame.ts';
import { createLoader } from '../live/loader.ts';
import { whenUsed } from '../live/when-used.ts';
import { createWritable, type Readable } from '../readable.ts';
import type {
  Inbox,
  InboxCounts,
  InboxFilter,
  InboxList,
  InboxMark,
  Notification,
} from './inbox.ts';
import { applyMark, concerns, isIn, markCounts, type Marking } from './marks.ts';

export interface InboxOptions {
  readonly client: Client;
  readonly clock?: ClientClock;
}

const PAGE = 30;
/** Of notifications told lately, so that a repeat is not told again. */
const REMEMBERED = 200;

/** The inbox of who is signed in. */
export const createInbox = (options: InboxOptions): Inbox => new LiveInbox(options);

interface OwnMark extends Marking {
  /** Of the counts it was added to; once they move on they may have it. */
  readonly rev: number;
}

class LiveInbox implements Inbox {
  readonly counts: Readable<InboxCounts>;
  readonly #client: Client;
  readonly #clock: ClientClock;
  readonly #list = createWritable<InboxList>({
    status: 'loading',
    filter: 'all',
    items: [],
    hasMore: false,
  });
  readonly #counts = createWritable<InboxCounts>({ unread: 0, unseen: 0, total: 0, rev: 0 });
  readonly #told = createListeners<Notification>();
  readonly #toldIds = new Set<string>();
  readonly #countsLoader;
  readonly #listLoader;
  readonly #stops: readonly (() => void)[];
  /** As the server has told. */
  #items = new Map<string, Notification>();
  #serverCounts = this.#counts.get();
  #ownMarks: readonly OwnMark[] = [];
  #isListUsed = false;
  #next: string | undefined;
  /** What came while a page was on its way, which may be older. */
  #meanwhile: Publication[] | undefined;

  constructor({ client, clock = platform().clock }: InboxOptions) {
    this.#client = client;
    this.#clock = clock;
    this.#countsLoader = createLoader({
      client,
      clock,
      run: async () => this.#handleCounts(await client.call('inbox.counts', {})),
    });
    this.#listLoader = createLoader({
      client,
      clock,
      run: () => this.#loadNewest(),
      onError: (error) => this.#list.set({ ...this.#list.get(), status: 'error', error }),
    });
    this.counts = whenUsed(this.#counts, () => void this.#countsLoader.load());
    this.#stops = [
      client.onServerPublication((publication) => this.#handlePublication(publication)),
      client.onServerGap(() => {
        void this.#countsLoader.load();
        if (this.#isListUsed) void this.#listLoader.load();
      }),
    ];
  }

  get list(): Readable<InboxList> {
    return this.#list;
  }

  setFilter(filter: InboxFilter): void {
    if (this.#isListUsed && this.#list.get().filter === filter) return;
    this.#items.clear();
    this.#next = undefined;
    this.#list.set({ status: 'loading', filter, items: [], hasMore: false });
    void this.refresh();
  }

  refresh(): Promise<void> {
    this.#isListUsed = true;
    return this.#listLoader.load();
  }

  async loadMore(): Promise<void> {
    const { filter } = this.#list.get();
    const cursor = this.#next;
    if (cursor === undefined) return;
    const page = await this.#client.call('inbox.list', { filter, cursor, limit: PAGE });
    // Asked for twice at once, or begun anew meanwhile.
    if (cursor !== this.#next || filter !== this.#list.get().filter) return;
    this.#next = page.next;
    for (const item of page.notifications) this.#items.set(item.id, item);
    this.#show('ready');
  }

  async mark(ids: readonly string[] | 'all', mark: InboxMark): Promise<void> {
    if (ids.length === 0) return;
    const own: OwnMark = { ids, mark, rev: this.#serverCounts.rev };
    this.#ownMarks = [...this.#ownMarks, own];
    this.#show();
    try {
      const input = { ids: ids === 'all' ? ids : [...ids], mark };
      const { counts } = await this.#client.call('inbox.mark', input);
      this.#applyMark(own);
      this.#setCounts(counts);
    } finally {
      this.#ownMarks = this.#ownMarks.filter((other) => other !== own);
      this.#show();
    }
  }

  onNotification(listener: (notification: Notification) => void): () => void {
    return this.#told.add(listener);
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#countsLoader.close();
    this.#listLoader.close();
  }

  #handlePublication(publication: Publication): void {
    const frame = frameOf(publication.data);
    if (frame === undefined) return;
    this.#meanwhile?.push(publication);
    this.#handleFrame(frame, publication);
    if (frame.type === 'notification') this.#tell(this.#withSeq(frame.data, publication));
  }

  #handleFrame(frame: Frame, publication: Publication): void {
    if (frame.type === 'counts') this.#handleCounts(frame.data);
    else if (frame.type === 'notification.updated') this.#handleMarked(frame.data);
    else if (frame.type === 'notification' && !this.#items.has(frame.data.id)) {
      this.#items.set(frame.data.id, this.#withSeq(frame.data, publication));
      this.#show();
    }
  }

  /** Its place in the inbox stands beside it. */
  #withSeq(notification: Notification, { tags }: Publication): Notification {
    return { ...notification, seq: Number(tags?.['seq'] ?? 0) };
  }

  #tell(notification: Notification): void {
    const { id } = notification;
    if (this.#toldIds.has(id)) return;
    this.#toldIds.add(id);
    const [oldest] = this.#toldIds;
    if (oldest !== undefined && this.#toldIds.size > REMEMBERED) this.#toldIds.delete(oldest);
    this.#told.emit(notification);
  }

  #handleMarked(marking: Marking): void {
    const { ids, mark } = marking;
    this.#applyMark(marking);
    this.#show();
    // Many at once, or such that come into the list and are not here.
    const comesBack = mark === 'unread' || mark === 'archived' || mark === 'unarchived';
    const isMissing = ids === 'all' || (comesBack && ids.some((id) => !this.#items.has(id)));
    if (isMissing && this.#isListUsed) void this.#listLoader.load();
  }

  #handleCounts(counts: InboxCounts): void {
    this.#setCounts(counts);
    this.#show();
  }

  #setCounts(counts: InboxCounts): void {
    if (counts.rev > this.#serverCounts.rev) this.#serverCounts = counts;
  }

  #applyMark(marking: Marking): void {
    const now = new Date(this.#clock.now()).toISOString();
    for (const [id, item] of this.#items) {
      if (concerns(marking, item)) this.#items.set(id, applyMark(item, marking.mark, now));
    }
  }

  async #loadNewest(): Promise<void> {
    const { filter } = this.#list.get();
    const meanwhile: Publication[] = [];
    this.#meanwhile = meanwhile;
    const page = await this.#client
      .call('inbox.list', { filter, limit: PAGE })
      .finally(() => (this.#meanwhile = undefined));
    if (filter !== this.#list.get().filter) return;
    this.#next = page.next;
    this.#items = new Map(page.notifications.map((item) => [item.id, item]));
    for (const publication of meanwhile) {
      const frame = frameOf(publication.data);
      if (frame !== undefined) this.#handleFrame(frame, publication);
    }
    this.#show('ready');
  }

  #show(status = this.#list.get().status): void {
    const now = new Date(this.#clock.now()).toISOString();
    let items = [...this.#items.values()];
    let counts = this.#serverCounts;
    for (const own of this.#ownMarks) {
      const changes: (readonly [Notification, Notification])[] = [];
      items = items.map((item) => {
        if (!concerns(own, item)) return item;
        const marked = applyMark(item, own.mark, now);
        changes.push([item, marked]);
        return marked;
      });
      if (own.rev === this.#serverCounts.rev) counts = markCounts(counts, own, changes);
    }
    this.#counts.set(counts);
    const { filter } = this.#list.get();
    this.#list.set({
      status,
      filter,
      items: items.filter((item) => isIn(filter, item)).toSorted((a, b) => b.seq - a.seq),
      hasMore: this.#next !== undefined,
    });
  }
}
