/**
 * Conversations and their messages: who may do what, in which order it is stored and told.
 * Rooms (public, found by name) are in rooms.ts; bytes on the wire in chat-frames.ts.
 */
import type { Outcome, RawJson } from '@carillon/protocol';
import type {
  Conversation,
  ConversationKind,
  ConversationSummary,
  Message,
  ReadMark,
} from '../../ports/chat-store.ts';
import type { Actor } from '../actor.ts';

export interface CreateConversation {
  readonly kind: ConversationKind;
  /** The creator is added by itself. `direct` needs exactly two people; `room` has none. */
  readonly members: readonly string[];
  readonly title?: string;
  /** Only for rooms, and required there. */
  readonly name?: string;
}

export interface SendMessage {
  readonly content: string;
  /** Unique per conversation and sender; made here when absent, and then a retry is a second message. */
  readonly clientId?: string;
  /** @default 'text' */
  readonly kind?: string;
  readonly attributes?: RawJson;
  /** This person gets neither the publication nor a push. The sender never gets a push. */
  readonly excludeUserId?: string;
}

export interface SentMessage {
  readonly message: Message;
  /** False: this clientId was stored before; `message` is the first result, and nobody was told again. */
  readonly isNew: boolean;
}

export interface ConversationPage {
  readonly items: readonly ConversationSummary[];
  /** Cursor of the next page; absent on the last. */
  readonly next?: string;
}

/** `before` and `after` are seqs, exclusive, at most one of them. */
export interface HistoryRange {
  readonly after?: number;
  readonly before?: number;
  /** @default 50, at most 200 */
  readonly limit?: number;
}

/**
 * Every promise resolves after the commit; none rejects for an expected reason. Failures common
 * to all: `not_found`, `not_member`, `permission_denied`, `invalid_field`, `too_long`, `too_many`,
 * `storage_unavailable`. A backend that must name a person and does not gets `invalid_field`.
 */
export interface ChatService {
  create(
    actor: Actor,
    input: CreateConversation,
  ): Promise<Outcome<{ readonly conversation: Conversation; readonly isNew: boolean }>>;
  get(actor: Actor, id: string): Promise<Outcome<Conversation>>;
  /** The actor's conversations, most recently active first. `limit` 1–100, default 50. */
  list(
    actor: Actor,
    page: { readonly cursor?: string; readonly limit?: number },
  ): Promise<Outcome<ConversationPage>>;
  /** By an owner or a backend. Not for direct conversations and rooms (`conflict`). */
  addMembers(actor: Actor, id: string, users: readonly string[]): Promise<Outcome<Conversation>>;
  /** By an owner or a backend; removing oneself is `leave`. */
  removeMember(actor: Actor, id: string, user: string): Promise<Outcome<Conversation>>;
  leave(actor: Actor, id: string): Promise<Outcome<void>>;
  /** A backend's `onBehalfOf` is the sender and need not be a member. */
  send(actor: Actor, id: string, input: SendMessage): Promise<Outcome<SentMessage>>;
  /** Ascending by seq. Without `after` and `before`: the newest. */
  history(actor: Actor, id: string, range: HistoryRange): Promise<Outcome<readonly Message[]>>;
  /** Moves the read mark forward to `seq`; a seq past the end counts as the end. */
  markRead(actor: Actor, id: string, seq: number): Promise<Outcome<ReadMark>>;
  /** Tells the others; stored nowhere. */
  typing(actor: Actor, id: string, isTyping: boolean): Promise<Outcome<void>>;
}
