/**
 * My conversations, live over `user:<id>`. Unread is always what follows from the last message and
 * the own read mark, both of which only grow: whatever comes twice or late changes nothing.
 */
import type { Client } from '../client.ts';
import type { ClientClock } from '../environment.ts';
import { frameOf } from '../live/frame.ts';
import { createLoader } from '../live/loader.ts';
import { newestFirst } from '../live/newest-first.ts';
import { whenUsed } from '../live/when-used.ts';
import { createWritable, type Readable } from '../readable.ts';
import type { ConversationItem, ConversationList, Message } from './chat.ts';

const PAGE = 50;

export interface LiveConversations {
  readonly list: Readable<ConversationList>;
  readonly unread: Readable<number>;
  get(id: string): ConversationItem | undefined;
  handleMessage(message: Message): void;
  handleRead(conversationId: string, readSeq: number): void;
  loadMore(): Promise<void>;
  refresh(): Promise<void>;
  close(): void;
}

export interface ConversationListOptions {
  readonly client: Client;
  readonly clock: ClientClock;
  readonly user: string;
}

const activity = ({ last_message: last, created_at }: ConversationItem): string =>
  last?.created_at ?? created_at;

export const createConversationList = (options: ConversationListOptions): LiveConversations =>
  new Conversations(options);

class Conversations implements LiveConversations {
  readonly list: Readable<ConversationList>;
  readonly unread: Readable<number>;
  readonly #client: Client;
  readonly #user: string;
  readonly #items = new Map<string, ConversationItem>();
  /** The own marks, also of those that are not in the list yet. */
  readonly #readSeqs = new Map<string, number>();
  readonly #list = createWritable<ConversationList>({
    status: 'loading',
    items: [],
    hasMore: false,
  });
  readonly #unread = createWritable(0);
  readonly #loader;
  readonly #stops: readonly (() => void)[];
  #next: string | undefined;
  /** What came while a page was on its way, which may be older. */
  #meanwhile: Message[] | undefined;

  constructor({ client, clock, user }: ConversationListOptions) {
    this.#client = client;
    this.#user = user;
    this.#loader = createLoader({
      client,
      clock,
      run: () => this.#loadNewest(),
      onError: (error) => this.#list.set({ ...this.#list.get(), status: 'error', error }),
    });
    const start = (): void => void this.#loader.load();
    this.list = whenUsed(this.#list, start);
    this.unread = whenUsed(this.#unread, start);
    this.#stops = [
      client.onServerPublication(({ data }) => this.#handleFrame(data)),
      client.onServerGap(() => this.#reload()),
    ];
  }

  get(id: string): ConversationItem | undefined {
    return this.#items.get(id);
  }

  handleMessage(message: Message): void {
    const id = message.conversation_id;
    this.#meanwhile?.push(message);
    const item = this.#items.get(id);
    if (message.sender === this.#user) this.#raise(id, message.seq);
    if (item === undefined) return;
    if (message.seq > item.last_seq) {
      const rev = Math.max(item.rev, message.rev);
      this.#items.set(id, { ...item, last_seq: message.seq, last_message: message, rev });
    }
    this.#show();
  }

  handleRead(conversationId: string, readSeq: number): void {
    this.#raise(conversationId, readSeq);
    this.#show();
  }

  async loadMore(): Promise<void> {
    if (this.#next === undefined) return;
    const cursor = this.#next;
    const page = await this.#client.call('chat.list', { cursor, limit: PAGE });
    // Asked for twice at once, or begun anew meanwhile.
    if (cursor !== this.#next) return;
    this.#next = page.next;
    for (const item of page.conversations) {
      if (!this.#items.has(item.id)) this.#put(item);
    }
    this.#show();
  }

  refresh(): Promise<void> {
    return this.#loader.load();
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#loader.close();
  }

  #handleFrame(data: unknown): void {
    const frame = frameOf(data);
    if (frame?.type === 'message') {
      this.handleMessage(frame.data);
      if (!this.#items.has(frame.data.conversation_id)) this.#reload();
    } else if (frame?.type === 'read' && frame.data.user === this.#user) {
      this.handleRead(frame.data.conversation_id, frame.data.read_seq);
    } else if (frame?.type === 'member') {
      this.#reload();
    }
  }

  /** Nobody has looked: nothing to bring up to date. */
  #reload(): void {
    if (this.#list.get().status !== 'loading' || this.#meanwhile !== undefined) {
      void this.#loader.load();
    }
  }

  async #loadNewest(): Promise<void> {
    const meanwhile: Message[] = [];
    this.#meanwhile = meanwhile;
    const page = await this.#client
      .call('chat.list', { limit: PAGE })
      .finally(() => (this.#meanwhile = undefined));
    const oldest = page.conversations.at(-1);
    const isJoined = page.conversations.some(({ id }) => this.#items.has(id));
    if (!isJoined || page.next === undefined) this.#next = page.next;
    for (const [id, item] of this.#items) {
      // What the page would have to show and does not is mine no longer; and where it shows nothing
      // that was known, there may be more between.
      const isShown = oldest === undefined || activity(item) >= activity(oldest);
      if (isShown || this.#next === page.next) this.#items.delete(id);
    }
    for (const item of page.conversations) this.#put(item);
    for (const message of meanwhile) this.handleMessage(message);
    this.#show('ready');
  }

  #put(item: ConversationItem): void {
    this.#items.set(item.id, item);
    this.#raise(item.id, item.last_seq - item.unread);
  }

  #raise(id: string, readSeq: number): void {
    this.#readSeqs.set(id, Math.max(readSeq, this.#readSeqs.get(id) ?? 0));
  }

  #show(status = this.#list.get().status): void {
    let sum = 0;
    for (const [id, item] of this.#items) {
      const unread = Math.max(0, item.last_seq - (this.#readSeqs.get(id) ?? 0));
      if (unread !== item.unread) this.#items.set(id, { ...item, unread });
      sum += unread;
    }
    const items = newestFirst(this.#items.values(), activity);
    this.#list.set({ status, items, hasMore: this.#next !== undefined });
    this.#unread.set(sum);
  }
}
