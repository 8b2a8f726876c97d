/**
 * Who is in which conversation, from memory where possible: sending and subscribing ask for it each
 * time. The least recently used go first; a change replaces what is known, and a read that began
 * before a change is thrown away, so that a removed member is out at once.
 */
import type {
  ChatStore,
  Conversation,
  ConversationKind,
  MemberRole,
} from '../../ports/chat-store.ts';

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
  /** The room of this name, made when missing. */
  room(name: string): KnownConversation | Promise<KnownConversation>;
}

export interface DirectoryDeps {
  readonly store: ChatStore;
  /** Counted in members, one more per conversation. */
  readonly cachedMembers: number;
  readonly cachedRooms: number;
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
  /** Least recently used first. */
  readonly #byId = new Map<string, KnownConversation>();
  readonly #rooms = new Map<string, KnownConversation>();
  readonly #loading = new Map<string, Promise<KnownConversation | undefined>>();
  readonly #opening = new Map<string, Promise<KnownConversation>>();
  #weight = 0;

  constructor(deps: DirectoryDeps) {
    this.#deps = deps;
  }

  get(id: string): KnownConversation | undefined | Promise<KnownConversation | undefined> {
    const found = this.#byId.get(id);
    if (found === undefined) return this.#loading.get(id) ?? this.#load(id);
    this.#byId.delete(id);
    this.#byId.set(id, found);
    return found;
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
        return conversation === undefined
          ? undefined
          : this.#remember(knownConversation(conversation));
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
      this.#weight -= weight(old);
      this.#byId.delete(conversation.id);
    }
    this.#byId.set(conversation.id, conversation);
    this.#weight += weight(conversation);
    for (const oldest of this.#byId.values()) {
      if (this.#weight <= this.#deps.cachedMembers || oldest === conversation) break;
      this.#byId.delete(oldest.id);
      this.#weight -= weight(oldest);
    }
    return conversation;
  }

  #trim(map: Map<string, KnownConversation>, max: number): void {
    for (const key of map.keys()) {
      if (map.size <= max) return;
      map.delete(key);
    }
  }
}
