/** Conversations: who is in them, what was said, how far each has read. */
import { Type, type Static } from 'typebox';
import {
  AnyJson,
  Count,
  Cursor,
  Done,
  Id,
  Kind,
  Limit,
  Next,
  OnBehalfOf,
  Text,
  Timestamp,
  Title,
  UserId,
} from './fields.ts';
import { defineProcedure } from './procedure.ts';

export const MessageView = Type.Object({
  id: Type.String(),
  conversation_id: Type.String(),
  seq: Type.Integer({ minimum: 1, description: '1, 2, 3 … per conversation, without holes.' }),
  sender: Type.String(),
  client_id: Type.String({ description: "The sender's own id of the message." }),
  kind: Type.String(),
  content: Type.String(),
  attributes: Type.Optional(AnyJson),
  rev: Count,
  created_at: Timestamp,
});

export const MemberView = Type.Object({
  user: Type.String(),
  role: Type.Union([Type.Literal('owner'), Type.Literal('member')]),
  read_seq: Count,
  joined_at: Timestamp,
});

export const ConversationView = Type.Object({
  id: Type.String(),
  kind: Type.Union([
    Type.Literal('direct'),
    Type.Literal('group'),
    Type.Literal('room'),
    Type.Literal('broadcast'),
  ]),
  name: Type.Optional(Type.String()),
  title: Type.Optional(Type.String()),
  created_by: Type.Optional(Type.String()),
  created_at: Timestamp,
  last_seq: Count,
  rev: Count,
  members: Type.Array(MemberView),
});

const ConversationId = Id;
const Members = Type.Array(UserId, { minItems: 1, maxItems: 100_000 });
const CONVERSATIONS = '/api/v1/conversations';
const CONVERSATION = `${CONVERSATIONS}/{conversation_id}`;

const conversationExample = {
  id: 'c_1',
  kind: 'group',
  title: 'Lunch',
  created_by: 'alice',
  created_at: '2026-11-20T10:00:00.000Z',
  last_seq: 1,
  rev: 3,
  members: [
    { user: 'alice', role: 'owner', read_seq: 1, joined_at: '2026-11-20T10:00:00.000Z' },
    { user: 'bob', role: 'member', read_seq: 0, joined_at: '2026-11-20T10:00:00.000Z' },
  ],
} satisfies Static<typeof ConversationView>;

const messageExample = {
  id: 'm_1',
  conversation_id: 'c_1',
  seq: 1,
  sender: 'alice',
  client_id: 'a-1',
  kind: 'text',
  content: 'Hello',
  rev: 2,
  created_at: '2026-11-20T10:00:01.000Z',
} satisfies Static<typeof MessageView>;

export const chatCreate = defineProcedure({
  name: 'chat.create',
  summary: 'Open a conversation',
  description:
    'A direct conversation exists once per pair and a room once per name: the same again answers 200 with the first.',
  access: 'user-or-backend',
  input: Type.Object(
    {
      kind: Type.Union([
        Type.Literal('direct'),
        Type.Literal('group'),
        Type.Literal('room'),
        Type.Literal('broadcast'),
      ]),
      members: Type.Optional(Type.Array(UserId, { maxItems: 100_000 })),
      title: Type.Optional(Title),
      name: Type.Optional(
        Type.String({ minLength: 1, maxLength: 64, description: 'Of a room, unique.' }),
      ),
      user: OnBehalfOf,
    },
    { additionalProperties: false },
  ),
  output: ConversationView,
  errors: ['invalid_field', 'too_many', 'permission_denied'],
  http: { method: 'POST', path: CONVERSATIONS, successStatus: 201, repeatedStatus: 200 },
  example: {
    input: { kind: 'group', members: ['alice', 'bob'], title: 'Lunch' },
    output: conversationExample,
  },
});

export const chatList = defineProcedure({
  name: 'chat.list',
  summary: 'My conversations, the most recently active first',
  access: 'user-or-backend',
  input: Type.Object(
    { cursor: Cursor, limit: Limit, user: OnBehalfOf },
    { additionalProperties: false },
  ),
  output: Type.Object({
    conversations: Type.Array(
      Type.Object({
        ...ConversationView.properties,
        last_message: Type.Optional(MessageView),
        unread: Count,
      }),
    ),
    next: Next,
  }),
  errors: ['bad_request'],
  http: { method: 'GET', path: CONVERSATIONS },
  example: {
    input: { limit: 20 },
    output: {
      conversations: [{ ...conversationExample, last_message: messageExample, unread: 0 }],
    },
  },
});

export const chatGet = defineProcedure({
  name: 'chat.get',
  summary: 'One conversation with its members',
  access: 'user-or-backend',
  input: Type.Object({ conversation_id: ConversationId }, { additionalProperties: false }),
  output: ConversationView,
  errors: ['not_found', 'not_member'],
  http: { method: 'GET', path: CONVERSATION },
  example: { input: { conversation_id: 'c_1' }, output: conversationExample },
});

export const chatAddMembers = defineProcedure({
  name: 'chat.addMembers',
  summary: 'Add people to a group',
  access: 'user-or-backend',
  input: Type.Object(
    { conversation_id: ConversationId, users: Members },
    { additionalProperties: false },
  ),
  output: ConversationView,
  errors: ['not_found', 'not_member', 'permission_denied', 'too_many'],
  http: { method: 'POST', path: `${CONVERSATION}/members` },
  example: {
    input: { conversation_id: 'c_1', users: ['bob'] },
    output: conversationExample,
  },
});

export const chatRemoveMember = defineProcedure({
  name: 'chat.removeMember',
  summary: 'Remove somebody from a group',
  access: 'user-or-backend',
  input: Type.Object(
    { conversation_id: ConversationId, member: UserId },
    { additionalProperties: false },
  ),
  output: ConversationView,
  errors: ['not_found', 'not_member', 'permission_denied'],
  http: { method: 'DELETE', path: `${CONVERSATION}/members/{member}` },
  example: { input: { conversation_id: 'c_1', member: 'carol' }, output: conversationExample },
});

export const chatLeave = defineProcedure({
  name: 'chat.leave',
  summary: 'Leave a group',
  access: 'user-or-backend',
  input: Type.Object(
    { conversation_id: ConversationId, user: OnBehalfOf },
    { additionalProperties: false },
  ),
  output: Done,
  errors: ['not_found', 'not_member', 'permission_denied'],
  http: { method: 'POST', path: `${CONVERSATION}/leave` },
  example: { input: { conversation_id: 'c_1' }, output: { ok: true } },
});

export const chatSend = defineProcedure({
  name: 'chat.send',
  summary: 'Say something in a conversation',
  description:
    'Stored before it is answered. The same clientId from the same sender again answers 200 with the first result and changes nothing. ' +
    'With `attributes.upload_id`, kind `image`, `voice` or `file` brings a file that was uploaded before; the message has `attributes.upload` then, and `content` may be empty.',
  access: 'user-or-backend',
  input: Type.Object(
    {
      conversation_id: ConversationId,
      clientId: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 128,
          description: 'Chosen by the sender, unique per message; made by the server when absent.',
        }),
      ),
      content: Text,
      kind: Type.Optional(Kind),
      attributes: Type.Optional(AnyJson),
      sender: OnBehalfOf,
    },
    { additionalProperties: false },
  ),
  output: MessageView,
  errors: ['not_found', 'not_member', 'too_long', 'too_many_requests', 'storage_unavailable'],
  http: {
    method: 'POST',
    path: `${CONVERSATION}/messages`,
    successStatus: 201,
    repeatedStatus: 200,
  },
  example: {
    input: { conversation_id: 'c_1', clientId: 'a-1', content: 'Hello', kind: 'text' },
    output: messageExample,
  },
});

export const chatHistory = defineProcedure({
  name: 'chat.history',
  summary: 'Messages of a conversation, ascending',
  description: 'After a seq (catching up), before a seq (scrolling back), or the newest.',
  access: 'user-or-backend',
  input: Type.Object(
    {
      conversation_id: ConversationId,
      after: Type.Optional(Count),
      before: Type.Optional(Type.Integer({ minimum: 1 })),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 200, description: '50 unless told.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    messages: Type.Array(MessageView),
    has_more: Type.Boolean({ description: 'There are more in the direction that was asked for.' }),
  }),
  errors: ['not_found', 'not_member'],
  http: { method: 'GET', path: `${CONVERSATION}/messages` },
  example: {
    input: { conversation_id: 'c_1', after: 0, limit: 50 },
    output: { messages: [messageExample], has_more: false },
  },
});

export const chatRead = defineProcedure({
  name: 'chat.read',
  summary: 'Mark everything up to a message as read',
  access: 'user-or-backend',
  input: Type.Object(
    { conversation_id: ConversationId, seq: Count, user: OnBehalfOf },
    { additionalProperties: false },
  ),
  output: Type.Object({ read_seq: Count, unread: Count, rev: Count }),
  errors: ['not_found', 'not_member'],
  http: { method: 'POST', path: `${CONVERSATION}/read` },
  example: {
    input: { conversation_id: 'c_1', seq: 1 },
    output: { read_seq: 1, unread: 0, rev: 4 },
  },
});

export const chatTyping = defineProcedure({
  name: 'chat.typing',
  summary: 'Tell the others that somebody is typing',
  access: 'user-or-backend',
  input: Type.Object(
    { conversation_id: ConversationId, is_typing: Type.Boolean(), user: OnBehalfOf },
    { additionalProperties: false },
  ),
  output: Done,
  errors: ['not_found', 'not_member'],
  http: { method: 'POST', path: `${CONVERSATION}/typing` },
  example: { input: { conversation_id: 'c_1', is_typing: true }, output: { ok: true } },
});
