/**
 * One opened conversation: subscribed first, then fetched, merged by seq. What is missing between
 * is fetched; where too much is missing, the newest are shown and `hadGap` says so.
 */
import type { Channel, Publication } from '../channel.ts';
import type { Client } from '../client.ts';
import type { ClientClock } from '../environment.ts';
import { frameOf } from '../live/frame.ts';
import type { Closable } from '../live/held.ts';
import { createLoader, type Loader } from '../live/loader.ts';
import { newId } from '../live/new-id.ts';
import type { Outbox, OutboxItem } from '../outbox/outbox.ts';
import { createWritable } from '../readable.ts';
import type {
  Conversation,
  ConversationState,
  ConversationView,
  Message,
  PendingMessage,
  SendInput,
} from './chat.ts';
import type { LiveConversations } from './conversation-list.ts';
import { createMessageLog } from './message-log.ts';
import { roomMessage } from './room-message.ts';
import { createTypingSender, createTypingWatch } from './typing.ts';

const PAGE = 50;
/** For what was missed: the most a page may have. */
const CATCH_UP = 200;
/** Read marks are told at most so often. */
const READ_EVERY_MS = 500;

export interface ConversationDeps {
  readonly client: Client;
  readonly outbox: Outbox;
  readonly user: string;
  readonly clock: ClientClock;
  readonly list: LiveConversations;
}

export type OpenedConversation = Omit<Conversation, 'release'> & Closable;

export const openConversation = (deps: ConversationDeps, id: string): OpenedConversation =>
  new Opened(deps, id);

/** What a conversation is before anything is known of it. */
export const LOADING_CONVERSATION: ConversationState = {
  status: 'loading',
  messages: [],
  pending: [],
  hasOlder: false,
  isLoadingOlder: false,
  typing: [],
  readSeqs: {},
  hadGap: false,
};

/** What others call are fields, so that a copy of them works without this object. */
class Opened implements OpenedConversation {
  readonly id: string;
  readonly state = createWritable(LOADING_CONVERSATION);
  readonly #deps: ConversationDeps;
  readonly #log = createMessageLog();
  readonly #newest: Loader;
  readonly #holes: Loader;
  readonly #reads: Loader;
  readonly #typing;
  readonly #typingWatch;
  readonly #stops: (() => void)[];
  #channel: Channel | undefined;
  #readSeq = 0;
  #wantedReadSeq = 0;

  constructor(deps: ConversationDeps, id: string) {
    const { client, clock, outbox } = deps;
    this.#deps = deps;
    this.id = id;
    const loader = (run: () => Promise<void>): Loader =>
      createLoader({
        client,
        clock,
        run,
        onError: (error) => this.#set({ status: 'error', error }),
      });
    this.#newest = loader(() => this.#loadNewest());
    this.#holes = loader(() => this.#fillHole());
    this.#reads = createLoader({
      client,
      clock,
      run: () => this.#tellRead(),
      everyMs: READ_EVERY_MS,
    });
    this.#typing = createTypingSender(clock, (isTyping) => this.#tellTyping(isTyping));
    this.#typingWatch = createTypingWatch(clock, (typing) => this.#set({ typing }));
    this.#stops = [
      outbox.items.subscribe(() => this.#showPending()),
      outbox.onSent((item, result) => this.#handleSent(item, result)),
    ];
    this.#showPending();
    const known = deps.list.get(id);
    if (known === undefined) void this.#newest.load();
    else this.#join(known);
  }

  loadOlder = async (): Promise<void> => {
    const { hasOlder, isLoadingOlder, messages } = this.state.get();
    const before = messages[0]?.seq;
    if (!hasOlder || isLoadingOlder || before === undefined) return;
    this.#set({ isLoadingOlder: true });
    try {
      const page = await this.#history({ before, limit: PAGE });
      this.#log.add(page.messages);
      this.#showMessages({ hasOlder: page.has_more });
    } finally {
      this.#set({ isLoadingOlder: false });
    }
  };

  send = (message: SendInput): string => {
    const clientId = newId();
    this.#deps.outbox.add({
      id: clientId,
      method: 'chat.send',
      key: this.#key,
      input: { ...message, conversation_id: this.id, clientId },
    });
    this.#typing.end();
    return clientId;
  };

  retry = (clientId: string): void => this.#deps.outbox.retry(clientId);

  discard = (clientId: string): void => this.#deps.outbox.discard(clientId);

  markRead = (seq: number): void => {
    if (this.#isRoom || seq <= this.#wantedReadSeq || seq <= this.#readSeq) return;
    this.#wantedReadSeq = seq;
    this.#raiseRead(this.#deps.user, seq);
    this.#deps.list.handleRead(this.id, seq);
    void this.#reads.load();
  };

  setTyping = (isTyping: boolean): void => this.#typing.set(isTyping);

  close(): void {
    this.#typing.set(false);
    this.#typingWatch.close();
    for (const stop of this.#stops) stop();
    for (const loader of [this.#newest, this.#holes]) loader.close();
    // A mark that waits for its turn is told all the same.
    if (this.#wantedReadSeq > this.#readSeq) void this.#tellRead().catch(() => undefined);
    this.#reads.close();
  }

  get #key(): string {
    return `chat ${this.id}`;
  }

  get #isRoom(): boolean {
    return this.state.get().conversation?.kind === 'room';
  }

  #set(change: Partial<ConversationState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }

  /** The first thing once it is known whether it is a room. */
  #join(conversation: ConversationView): void {
    this.#set({ conversation });
    const { kind, name = this.id } = conversation;
    const channel = this.#deps.client.channel(kind === 'room' ? `room:${name}` : `chat:${this.id}`);
    this.#channel = channel;
    const handleState = (): void => {
      const state = channel.state.get();
      if (state.status === 'failed') this.#set({ status: 'error', error: state.error });
      if (state.status !== 'subscribed') return;
      if (this.state.get().status !== 'ready' || !state.wasRecovered) void this.#newest.load();
    };
    this.#stops.push(
      channel.onPublication((publication) => this.#handlePublication(publication)),
      channel.onGap(() => void this.#newest.load()),
      channel.state.subscribe(handleState),
      channel.subscribe(),
    );
    handleState();
  }

  async #loadNewest(): Promise<void> {
    const { client } = this.#deps;
    const getting = client.call('chat.get', { conversation_id: this.id });
    // Subscribed first: what is said while the page is on its way comes live.
    if (this.#channel === undefined) return this.#join(await getting);
    const isFirst = this.state.get().status !== 'ready';
    const limit = isFirst ? PAGE : CATCH_UP;
    const [conversation, page] = await Promise.all([getting, this.#history({ limit })]);
    const { hadGap, hasOlder } = this.state.get();
    const isJoined = this.#log.reaches(page.messages);
    if (isJoined) this.#log.add(page.messages);
    else this.#log.reset(page.messages);
    if (isFirst) this.#setFirstUnread(conversation);
    this.#set({ conversation, readSeqs: this.#readSeqsWith(conversation) });
    this.#showMessages({
      hadGap: hadGap || !(isFirst || isJoined),
      hasOlder: isJoined ? hasOlder : page.has_more,
    });
  }

  #setFirstUnread({ members, last_seq: lastSeq }: ConversationView): void {
    const { user } = this.#deps;
    const readSeq = members.find((member) => member.user === user)?.read_seq;
    if (readSeq === undefined) return;
    this.#readSeq = Math.max(readSeq, this.#readSeq);
    if (readSeq >= lastSeq || this.state.get().firstUnreadSeq !== undefined) return;
    const shown = this.#log.messages();
    const isOlder = (shown[0]?.seq ?? 0) > readSeq + 1;
    const firstUnreadSeq = isOlder
      ? readSeq + 1
      : shown.find(({ seq, sender }) => seq > readSeq && sender !== user)?.seq;
    if (firstUnreadSeq !== undefined) this.#set({ firstUnreadSeq });
  }

  #readSeqsWith({ members }: ConversationView): Record<string, number> {
    const readSeqs = { ...this.state.get().readSeqs };
    for (const { user, read_seq: seq } of members) {
      readSeqs[user] = Math.max(seq, readSeqs[user] ?? 0);
    }
    return readSeqs;
  }

  async #fillHole(): Promise<void> {
    const after = this.#log.lastSeq();
    const page = await this.#history({ after, limit: CATCH_UP });
    this.#log.add(page.messages);
    this.#showMessages();
    // Nothing came: it is not to be had yet, and told with the next message.
    if (this.#log.hasHole() && this.#log.lastSeq() > after) void this.#holes.load();
  }

  #history(range: { before?: number; after?: number; limit: number }) {
    return this.#deps.client.call('chat.history', { conversation_id: this.id, ...range });
  }

  #handlePublication(publication: Publication): void {
    const message = roomMessage(this.id, publication);
    if (message !== undefined) return this.#handleMessage(message);
    const frame = frameOf(publication.data);
    if (frame?.type === 'message') this.#handleMessage(frame.data);
    else if (frame?.type === 'read') this.#raiseRead(frame.data.user, frame.data.read_seq);
    else if (frame?.type === 'typing') {
      const { user, is_typing: isTyping } = frame.data;
      if (user !== this.#deps.user) this.#typingWatch.set(user, isTyping);
    } else if (frame?.type === 'member') void this.#newest.load();
  }

  #handleMessage(message: Message): void {
    this.#log.add([message]);
    this.#typingWatch.set(message.sender, false);
    this.#showMessages();
    if (!this.#isRoom) {
      // Who sends has read what was there.
      this.#raiseRead(message.sender, message.seq);
      this.#deps.list.handleMessage(message);
    }
    if (this.#log.hasHole()) void this.#holes.load();
  }

  #handleSent(item: OutboxItem, result: unknown): void {
    // What `chat.send` answers, told by the queue without its type.
    if (item.key === this.#key) this.#handleMessage(result as Message);
  }

  #showMessages(change: Partial<ConversationState> = {}): void {
    const messages = this.#log.messages();
    const { status } = this.state.get();
    // Before the first page it is not known what they follow.
    const isLoaded = change.hasOlder !== undefined;
    this.state.set({
      ...(isLoaded ? withoutError(this.state.get()) : this.state.get()),
      ...change,
      messages,
      // At once: a message is never seen twice, nor missing.
      pending: this.#pendingBeside(messages),
      status: isLoaded ? 'ready' : status,
    });
  }

  #showPending(): void {
    const { messages, pending } = this.state.get();
    const left = this.#pendingBeside(messages);
    if (left.length > 0 || pending.length > 0) this.#set({ pending: left });
  }

  /** What the server has confirmed is not pending, even where its answer was lost. */
  #pendingBeside(messages: readonly Message[]): readonly PendingMessage[] {
    const { outbox, user } = this.#deps;
    const waiting = outbox.items.get().filter(({ key }) => key === this.#key);
    if (waiting.length === 0) return [];
    const own = messages.filter(({ sender }) => sender === user);
    const settled = new Set(own.map((message) => message.client_id));
    return waiting.filter(({ id }) => !settled.has(id)).map(pendingMessage);
  }

  #raiseRead(user: string, seq: number): void {
    const { readSeqs } = this.state.get();
    if ((readSeqs[user] ?? -1) < seq) this.#set({ readSeqs: { ...readSeqs, [user]: seq } });
  }

  async #tellRead(): Promise<void> {
    const seq = this.#wantedReadSeq;
    if (seq <= this.#readSeq) return;
    const read = await this.#deps.client.call('chat.read', { conversation_id: this.id, seq });
    this.#readSeq = Math.max(seq, read.read_seq);
    this.#deps.list.handleRead(this.id, read.read_seq);
  }

  #tellTyping(isTyping: boolean): void {
    const { client } = this.#deps;
    // Told late it would be wrong.
    if (client.state.get().status !== 'connected') return;
    const input = { conversation_id: this.id, is_typing: isTyping };
    client.call('chat.typing', input).catch(() => undefined);
  }
}

function withoutError(state: ConversationState): ConversationState {
  const rest: ConversationState & { error?: unknown } = { ...state };
  delete rest.error;
  return rest;
}

function pendingMessage({ id, input, state, createdAtMs, error }: OutboxItem): PendingMessage {
  // As `send` above has put it into the queue, perhaps before a reload.
  const message = input as SendInput;
  return { kind: 'text', ...message, clientId: id, createdAtMs, state, ...(error && { error }) };
}
