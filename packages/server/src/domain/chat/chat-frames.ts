/** What is published in `chat:<id>` and `room:<name>`, and as hints about chats in `user:<id>`. */
import type { RawJson } from '@carillon/protocol';
import type { Conversation, Message, ReadMark } from '../../ports/chat-store.ts';
import { isoTime, jsonWith, typedFrame } from '../json-text.ts';

export const messageFrame = (message: Message): RawJson =>
  typedFrame(
    'message',
    jsonWith(
      {
        id: message.id,
        conversation_id: message.conversationId,
        seq: message.seq,
        sender: message.sender,
        client_id: message.clientId,
        kind: message.kind,
        content: message.content,
        rev: message.rev,
        created_at: isoTime(message.createdAt),
      },
      { attributes: message.attributes },
    ),
  );

/** The plain endpoints' own shape, so that they pass it on as it is. */
export const roomFrame = (message: Message): RawJson =>
  JSON.stringify({
    type: 'message',
    id: message.id,
    username: message.sender,
    message: message.content,
    timestamp: isoTime(message.createdAt),
    seq: message.seq,
  });

export interface Typing {
  readonly conversationId: string;
  readonly user: string;
  readonly isTyping: boolean;
}

export const typingFrame = (typing: Typing): RawJson =>
  typedFrame(
    'typing',
    JSON.stringify({
      conversation_id: typing.conversationId,
      user: typing.user,
      is_typing: typing.isTyping,
    }),
  );

export interface Reading {
  readonly conversationId: string;
  readonly user: string;
  readonly mark: ReadMark;
}

/** For everybody in the conversation: how far this person has read. */
export const readFrame = ({ conversationId, user, mark }: Reading): RawJson =>
  typedFrame(
    'read',
    JSON.stringify({
      conversation_id: conversationId,
      user,
      read_seq: mark.readSeq,
      rev: mark.rev,
    }),
  );

/** For the person's other devices: with the absolute number of unread messages. */
export const ownReadFrame = ({ conversationId, user, mark }: Reading): RawJson =>
  typedFrame(
    'read',
    JSON.stringify({
      conversation_id: conversationId,
      user,
      read_seq: mark.readSeq,
      unread: mark.unread,
      rev: mark.rev,
    }),
  );

export interface MemberChange {
  readonly conversation: Conversation;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export const memberFrame = ({ conversation, added, removed }: MemberChange): RawJson =>
  typedFrame(
    'member',
    JSON.stringify({
      conversation_id: conversation.id,
      kind: conversation.kind,
      title: conversation.title,
      added,
      removed,
      rev: conversation.rev,
    }),
  );
