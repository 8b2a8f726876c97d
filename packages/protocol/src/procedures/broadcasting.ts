/**
 * The broadcasting service over HTTP: eight calls under the names its callers know. What must
 * survive (messages, notifications) is stored before the answer; a delivery that fails afterwards
 * is logged and counted, and never an error of the call.
 */
import { Type } from 'typebox';
import {
  AnyJson,
  Count,
  Done,
  Id,
  JsonObject,
  Kind,
  Link,
  Text,
  Title,
  UserId,
  UserIds,
} from './fields.ts';
import { defineProcedure } from './procedure.ts';
import { DeviceView } from './users.ts';

const BROADCAST = '/api/v1/broadcast';

const ClientId = Type.String({ minLength: 1, maxLength: 128 });

const Reply = {
  sender: UserId,
  content: Text,
  clientId: Type.Optional(ClientId),
  attributes: Type.Optional(AnyJson),
};

const BroadcastMessage = Type.Object(
  { ...Reply, kind: Type.Optional(Kind) },
  { additionalProperties: false },
);

const ExcludeUserId = Type.Optional(UserId);

const Sent = Type.Object({
  status: Type.Literal('sent'),
  message_id: Type.String(),
  conversation_id: Type.String(),
  seq: Count,
});

const Accepted = Type.Object({ id: Type.String(), accepted: Count });

const sentExample = {
  status: 'sent' as const,
  message_id: 'm_1',
  conversation_id: 'c_1',
  seq: 1,
};

export const broadcastMessage = defineProcedure({
  name: 'broadcasting.broadcastMessage',
  summary: 'Say something in a conversation, push to those who are away',
  access: 'backend',
  input: Type.Object(
    { conversation_id: Id, message: BroadcastMessage, exclude_user_id: ExcludeUserId },
    { additionalProperties: false },
  ),
  output: Sent,
  errors: ['not_found', 'too_long', 'storage_unavailable'],
  http: { method: 'POST', path: `${BROADCAST}/message` },
  example: {
    input: {
      conversation_id: 'c_1',
      message: { sender: 'alice', content: 'Hello' },
      exclude_user_id: 'alice',
    },
    output: sentExample,
  },
});

export const broadcastConsultationReply = defineProcedure({
  name: 'broadcasting.broadcastConsultationReply',
  summary: 'A consultation reply: real time to those connected, mobile push to those away',
  access: 'backend',
  input: Type.Object(
    {
      conversation_id: Id,
      reply: Type.Object(Reply, { additionalProperties: false }),
      exclude_user_id: ExcludeUserId,
    },
    { additionalProperties: false },
  ),
  output: Sent,
  errors: ['not_found', 'too_long', 'storage_unavailable'],
  http: { method: 'POST', path: `${BROADCAST}/consultation-reply` },
  example: {
    input: { conversation_id: 'c_1', reply: { sender: 'dr-lee', content: 'Twice a day.' } },
    output: sentExample,
  },
});

export const sendMobileOnlyNotification = defineProcedure({
  name: 'broadcasting.sendMobileOnlyNotification',
  summary: 'Push to phones and tablets only',
  access: 'backend',
  input: Type.Object(
    {
      user_ids: UserIds,
      title: Title,
      body: Text,
      link: Type.Optional(Link),
      data: Type.Optional(JsonObject),
      collapse_key: Type.Optional(Kind),
    },
    { additionalProperties: false },
  ),
  output: Accepted,
  errors: ['too_long', 'too_many', 'storage_unavailable'],
  http: { method: 'POST', path: `${BROADCAST}/mobile-notification`, successStatus: 202 },
  example: {
    input: { user_ids: ['alice'], title: 'Your turn', body: 'Counter 4 is waiting.' },
    output: { id: 'p_1', accepted: 1 },
  },
});

export const broadcastTypingStatus = defineProcedure({
  name: 'broadcasting.broadcastTypingStatus',
  summary: 'Tell a conversation that somebody is typing',
  access: 'backend',
  input: Type.Object(
    { conversation_id: Id, user_id: UserId, is_typing: Type.Boolean() },
    { additionalProperties: false },
  ),
  output: Done,
  errors: ['not_found', 'not_member'],
  http: { method: 'POST', path: `${BROADCAST}/typing-status` },
  example: {
    input: { conversation_id: 'c_1', user_id: 'alice', is_typing: true },
    output: { ok: true },
  },
});

export const broadcastReadStatus = defineProcedure({
  name: 'broadcasting.broadcastReadStatus',
  summary: 'Tell a conversation that somebody has read these messages',
  access: 'backend',
  input: Type.Object(
    {
      conversation_id: Id,
      user_id: UserId,
      message_ids: Type.Array(Id, { minItems: 1, maxItems: 1000 }),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ read_seq: Count, unread: Count, rev: Count }),
  errors: ['not_found', 'not_member'],
  http: { method: 'POST', path: `${BROADCAST}/read-status` },
  example: {
    input: { conversation_id: 'c_1', user_id: 'bob', message_ids: ['m_1'] },
    output: { read_seq: 1, unread: 0, rev: 4 },
  },
});

export const broadcastSystemNotification = defineProcedure({
  name: 'broadcasting.broadcastSystemNotification',
  summary: 'A system notification to some, to a conversation, or to everybody connected',
  access: 'backend',
  input: Type.Object(
    {
      title: Title,
      content: Type.Optional(Text),
      link: Type.Optional(Link),
      data: Type.Optional(JsonObject),
      dedupeKey: Type.Optional(ClientId),
      users: Type.Optional(UserIds),
      conversation_id: Type.Optional(Id),
    },
    { additionalProperties: false },
  ),
  output: Accepted,
  errors: ['not_found', 'too_long', 'too_many', 'storage_unavailable'],
  http: { method: 'POST', path: `${BROADCAST}/system-notification`, successStatus: 202 },
  example: {
    input: { title: 'Maintenance at 22:00', users: ['alice', 'bob'] },
    output: { id: 'n_1', accepted: 2 },
  },
});

export const sendDirectMessage = defineProcedure({
  name: 'broadcasting.sendDirectMessage',
  summary: 'A message in the direct conversation of two people',
  access: 'backend',
  input: Type.Object(
    { user_id: UserId, message: BroadcastMessage },
    { additionalProperties: false },
  ),
  output: Sent,
  errors: ['invalid_field', 'too_long', 'storage_unavailable'],
  http: { method: 'POST', path: `${BROADCAST}/direct-message` },
  example: {
    input: { user_id: 'bob', message: { sender: 'alice', content: 'Hello' } },
    output: sentExample,
  },
});

export const getUserDeviceInfo = defineProcedure({
  name: 'broadcasting.getUserDeviceInfo',
  summary: "A user's connections, oldest first; none when away",
  access: 'backend',
  input: Type.Object({ user_id: UserId }, { additionalProperties: false }),
  output: Type.Object({ devices: Type.Array(DeviceView) }),
  errors: [],
  http: { method: 'GET', path: `${BROADCAST}/device-info/{user_id}` },
  example: {
    input: { user_id: 'alice' },
    output: {
      devices: [
        {
          connection_id: 'k_1',
          device_type: 'mobile',
          connected_at: '2026-11-20T10:00:00.000Z',
        },
      ],
    },
  },
});
