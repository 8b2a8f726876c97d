import type { Outcome, RawJson } from '@carillon/protocol';

/** direct: two people, one per pair; group: members only; room: public, found by `name`; broadcast: few write, members read. */
export type ConversationKind = 'direct' | 'group' | 'room' | 'broadcast';
export type MemberRole = 'owner' | 'member';

export interface Member {
  readonly user: string;
  readonly role: MemberRole;
  /** Everything up to this `seq` has been read. */
  readonly readSeq: number;
  readonly joinedAt: number;
}

export interface Conversation {
  readonly id: string;
  readonly kind: ConversationKind;
  /** Of a room; unique. */
  readonly name?: string;
  readonly title?: string;
  readonly createdBy?: string;
  readonly createdAt: number;
  /** `seq` of the newest message, 0 before the first. */
  readonly lastSeq: number;
  /** Grows with every change: messages, members, title, read marks. */
  readonly rev: number;
  /** Empty for rooms: anybody may be there. */
  readonly members: readonly Member[];
}

export interface Message {
  readonly id: string;
  readonly conversationId: string;
  /** 1, 2, 3 … per conversation, without holes. */
  readonly seq: number;
  readonly sender: string;
  readonly clientId: string;
  /** text, image, file, voice, consultation_reply … */
  readonly kind: string;
  readonly content: string;
  /** Whatever else the sender attached, as JSON. */
  readonly attributes?: RawJson;
  readonly rev: number;
  readonly createdAt: number;
}

export interface NewConversation {
  readonly kind: ConversationKind;
  readonly name?: string;
  readonly title?: string;
  readonly createdBy?: string;
  readonly members: readonly string[];
}

export interface NewMessage {
  readonly conversationId: string;
  readonly sender: string;
  /** Unique per conversation and sender; the same again returns the first result. */
  readonly clientId: string;
  readonly kind: string;
  readonly content: string;
  readonly attributes?: RawJson;
  /** Users who are to get a push; saved with the message, so that a crash cannot lose it. */
  readonly pushTo: readonly string[];
}

export interface AppendedMessage {
  readonly message: Message;
  /** False: the same clientId had been stored before; nothing changed. */
  readonly isNew: boolean;
  /** Outbox row to complete when everybody has been told; absent when `isNew` is false. */
  readonly outboxId?: number;
}

export interface ConversationSummary {
  readonly conversation: Conversation;
  readonly lastMessage?: Message;
  readonly unread: number;
}

export interface PageRange {
  /** Only messages with a greater seq, ascending. */
  readonly after?: number;
  /** Only messages with a smaller seq; the newest of those, ascending. */
  readonly before?: number;
  readonly limit: number;
}

export interface ReadMark {
  readonly readSeq: number;
  readonly unread: number;
  readonly rev: number;
  /** False: the mark stood there or further already (it only moves forward). */
  readonly hasMoved: boolean;
}

/**
 * Every promise resolves after the commit is on disk. Rejects with StoreUnavailableError when
 * nothing could be saved; expected refusals are Outcomes.
 */
export interface ChatStore {
  /** Direct: returns the pair's one conversation. Room: returns the one of that name. */
  createConversation(
    input: NewConversation,
  ): Promise<{ conversation: Conversation; isNew: boolean }>;
  getConversation(id: string): Promise<Conversation | undefined>;
  /** Most recently active first; `cursor` from the page before. */
  listConversations(
    user: string,
    page: { cursor?: string; limit: number },
  ): Promise<{ items: readonly ConversationSummary[]; next?: string }>;
  changeMembers(
    id: string,
    change: { add: readonly string[]; remove: readonly string[] },
  ): Promise<Outcome<Conversation>>;
  /** Assigns the next seq, moves the sender's read mark, writes the outbox row: one transaction. `not_found` when the conversation is gone. */
  appendMessage(input: NewMessage): Promise<Outcome<AppendedMessage>>;
  listMessages(id: string, range: PageRange): Promise<readonly Message[]>;
  /** `not_member` for strangers; a seq past the end counts as the end. */
  markRead(id: string, user: string, seq: number): Promise<Outcome<ReadMark>>;
}
