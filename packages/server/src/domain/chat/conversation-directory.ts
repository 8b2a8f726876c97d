/**
 * Who is in which conversation, from memory where possible: sending and subscribing ask for it each
 * time. The least recently used go first; a change replaces what is known, and a read that began
 * before a change is thrown away, so that a removed member is out at once. Changes made by other
 * nodes come as `forget`; what is known is read again now and then, for the one that did not come.
 */
import type {
  ChatStore,
  Conversation,
  ConversationKind,
  MemberRole,
} from '../../ports/chat-store.ts';
import type { Clock } from '../../ports/clock.ts';

/** What seldom changes of a conversation; its seq and rev are the store's. */
export interface KnownConversation {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly name?: string;
  readonly title?: string;
  readonly users: readonly string[];
  readonly roles: ReadonlyMap<string, MemberRole>;
}

export interface ConversationDirectory {
  /** Immediate when it is in memory; undefined for unknown ids. Rejects when the store does. */
  get(id: string): KnownConversation | undefined | Promise<KnownConversation | undefined>;
  /** A fresh state from the store replaces what is known. */
  put(conversation: Conversation): KnownConversation;
  /** Another node changed it: the next `get` reads it again. */
  forget(id: string): void;
  /** The room of this name, made when missing. */
  room(name: string): KnownConversation | Promise<KnownConversation>;
}

export interface DirectoryDeps {
  readonly store: ChatStore;
  /** Counted in members, one more per conversation. */
  readonly cachedMembers: number;
  readonly cachedRooms: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** What is known is read again after this. @default 30 000 */
  readonly maxAgeMs?: number;
  /** A change was missed: these people were members and are none any more. */
  readonly onMembersGone?: (id: string, users: readonly string[]) => void;
}

const DEFAULT_MAX_AGE_MS = 30_000;

interface Remembered {
  readonly known: KnownConversation;
  readonly readAtMs: number;
}

export const knownConversation = (conversation: Conversation): KnownConversation => ({
  id: conversation.id,
  kind: conversation.kind,
  ...(conversation.name !== undefined && { name: conversation.name }),
  ...(conversation.title !== undefined && { title: conversation.title }),
  users: conversation.members.map(({ user }) => user),
  roles: new Map(conversation.members.map(({ user, role }) => [user, role])),
});

const weight = (conversation: KnownConversation): number => 1 + conversation.users.length;

export function createConversationDirectory(deps: DirectoryDeps): ConversationDirectory {
  return new Directory(deps);
}

class Directory implements ConversationDirectory {
  readonly #deps: DirectoryDeps;
  readonly #maxAgeMs: number;
  /** Least recently used first. */
  readonly #byId = new Map<string, Remembered>();
  readonly #rooms = new Map<string, KnownConversation>();
  readonly #loading = new Map<string, Promise<KnownConversation | undefined>>();
  readonly #opening = new Map<string, Promise<KnownConversation>>();
  #weight = 0;

  constructor(deps: DirectoryDeps) {
    this.#deps = deps;
    this.#maxAgeMs = deps.maxAgeMs ?? DEFAULT_MAX_AGE_MS;
  }

  get(id: string): KnownConversation | undefined | Promise<KnownConversation | undefined> {
    const found = this.#byId.get(id);
    if (found === undefined || this.#isOld(found)) return this.#loading.get(id) ?? this.#load(id);
    this.#byId.delete(id);
    this.#byId.set(id, found);
    return found.known;
  }

  forget(id: string): void {
    this.#loading.delete(id);
    const old = this.#byId.get(id);
    if (old === undefined) return;
    this.#byId.delete(id);
    this.#weight -= weight(old.known);
  }

  #isOld({ readAtMs }: Remembered): boolean {
    return this.#deps.clock.monotonic() - readAtMs > this.#maxAgeMs;
  }

  put(conversation: Conversation): KnownConversation {
    this.#loading.delete(conversation.id);
    return this.#remember(knownConversation(conversation));
  }

  room(name: string): KnownConversation | Promise<KnownConversation> {
    const found = this.#rooms.get(name);
    if (found === undefined) return this.#opening.get(name) ?? this.#open(name);
    this.#rooms.delete(name);
    this.#rooms.set(name, found);
    return found;
  }

  #load(id: string): Promise<KnownConversation | undefined> {
    const loading: Promise<KnownConversation | undefined> = this.#deps.store
      .getConversation(id)
      .then((conversation) => {
        // Somebody has put a newer state since this read began.
        if (this.#loading.get(id) !== loading) return this.get(id);
        if (conversation === undefined) return undefined;
        this.#tellGone(conversation);
        return this.#remember(knownConversation(conversation));
      })
      .finally(() => {
        if (this.#loading.get(id) === loading) this.#loading.delete(id);
      });
    this.#loading.set(id, loading);
    return loading;
  }

  #open(name: string): Promise<KnownConversation> {
    const opening = this.#deps.store
      .createConversation({ kind: 'room', name, members: [] })
      .then(({ conversation }) => {
        const room = knownConversation(conversation);
        this.#rooms.set(name, room);
        this.#trim(this.#rooms, this.#deps.cachedRooms);
        return room;
      })
      .finally(() => this.#opening.delete(name));
    this.#opening.set(name, opening);
    return opening;
  }

  #remember(conversation: KnownConversation): KnownConversation {
    const old = this.#byId.get(conversation.id);
    if (old !== undefined) {
      this.#weight -= weight(old.known);
      this.#byId.delete(conversation.id);
    }
    const readAtMs = this.#deps.clock.monotonic();
    this.#byId.set(conversation.id, { known: conversation, readAtMs });
    this.#weight += weight(conversation);
    for (const { known: oldest } of this.#byId.values()) {
      if (this.#weight <= this.#deps.cachedMembers || oldest === conversation) break;
      this.#byId.delete(oldest.id);
      this.#weight -= weight(oldest);
    }
    return conversation;
  }

  /** Only where what was known had grown old: a change that was heard of has forgotten it. */
  #tellGone({ id, members }: Conversation): void {
    const before = this.#byId.get(id);
    if (before === undefined || this.#deps.onMembersGone === undefined) return;
    const still = new Set(members.map(({ user }) => user));
    const gone = before.known.users.filter((user) => !still.has(user));
    if (gone.length > 0) this.#deps.onMembersGone(id, gone);
  }

  #trim(map: Map<string, KnownConversation>, max: number): void {
    for (const key of map.keys()) {
      if (map.size <= max) return;
      map.delete(key);
    }
  }
}
