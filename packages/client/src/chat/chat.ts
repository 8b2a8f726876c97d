/** Conversations as a user interface sees them: what there is, what is unread, and one opened conversation. */
import type { MethodInput, MethodOutput } from '@carillon/protocol/procedures';
import type { CarillonError } from '../carillon-error.ts';
import type { Readable } from '../readable.ts';

export type ConversationView = MethodOutput<'chat.get'>;
export type ConversationItem = MethodOutput<'chat.list'>['conversations'][number];
export type Message = MethodOutput<'chat.history'>['messages'][number];

export interface ConversationList {
  readonly status: 'loading' | 'ready' | 'error';
  /** The most recently active first. */
  readonly items: readonly ConversationItem[];
  readonly hasMore: boolean;
  readonly error?: CarillonError;
}

/** Own message on its way: shown at once, settled by the server's copy, or failed and kept. */
export interface PendingMessage {
  /** The sender's own id: the same on every retry. */
  readonly clientId: string;
  readonly kind: string;
  readonly content: string;
  readonly attributes?: unknown;
  readonly createdAtMs: number;
  readonly state: 'queued' | 'sending' | 'failed';
  readonly error?: { readonly code: number; readonly message: string };
}

export interface ConversationState {
  readonly status: 'loading' | 'ready' | 'error';
  readonly error?: CarillonError;
  readonly conversation?: ConversationView;
  /** Ascending by `seq`, without a hole. */
  readonly messages: readonly Message[];
  /** Own messages that the server has not confirmed, in the order of sending. */
  readonly pending: readonly PendingMessage[];
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  /** Users typing now, this one left out. */
  readonly typing: readonly string[];
  /** How far each member has read. */
  readonly readSeqs: Readonly<Record<string, number>>;
  /** The first message that was unread when the conversation was opened; stays while it is open. */
  readonly firstUnreadSeq?: number;
  /** True after messages were missed for good: what is shown is the newest, older ones can be loaded. */
  readonly hadGap: boolean;
}

export interface SendInput {
  readonly content: string;
  /** @default text */
  readonly kind?: string;
  readonly attributes?: unknown;
}

export interface Conversation {
  readonly id: string;
  readonly state: Readable<ConversationState>;
  loadOlder(): Promise<void>;
  /** Shown at once and kept until it is delivered, over reloads too. Returns its client id. */
  send(input: SendInput): string;
  retry(clientId: string): void;
  discard(clientId: string): void;
  /** Marks as read up to here; never backwards. */
  markRead(seq: number): void;
  /** Call on every key; tells the others at most every 3 s, and stops by itself after 5 s. */
  setTyping(isTyping: boolean): void;
  /** Lets go; the conversation is closed when nobody holds it. */
  release(): void;
}

export interface Chat {
  readonly conversations: Readable<ConversationList>;
  /** Sum of all unread messages in the loaded conversations. */
  readonly unread: Readable<number>;
  loadMore(): Promise<void>;
  create(input: MethodInput<'chat.create'>): Promise<ConversationView>;
  /** Holds a conversation; `release` it. */
  open(conversationId: string): Conversation;
  close(): void;
}
