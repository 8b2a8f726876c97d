/** Notifications: told by a backend, kept per user, marked and counted. */
import { Type, type Static } from 'typebox';
import {
  Count,
  Cursor,
  JsonObject,
  Kind,
  Limit,
  Link,
  Next,
  Text,
  Timestamp,
  Title,
  UserIds,
} from './fields.ts';
import { defineProcedure } from './procedure.ts';

export const NotificationView = Type.Object({
  id: Type.String(),
  seq: Type.Integer({ minimum: 1, description: "Position in this user's inbox." }),
  title: Type.String(),
  content: Type.String(),
  type: Type.String({ description: "info, success, warning, error, or the app's own." }),
  link: Type.Union([Type.String(), Type.Null()]),
  source: Type.Union([Type.String(), Type.Null()]),
  data: Type.Optional(Type.Unknown()),
  created_at: Timestamp,
  status: Type.Union([Type.Literal('unread'), Type.Literal('read'), Type.Literal('archived')]),
  seen_at: Type.Optional(Timestamp),
  read_at: Type.Optional(Timestamp),
  archived_at: Type.Optional(Timestamp),
});

/** Absolute numbers: keep those with the highest `rev`. */
export const CountsView = Type.Object({ unread: Count, unseen: Count, total: Count, rev: Count });

const ME = '/api/v1/me/notifications';

const notificationExample = {
  id: 'n_1',
  seq: 1,
  title: 'Order shipped',
  content: 'It arrives on Friday.',
  type: 'info',
  link: '/orders/7',
  source: 'shop',
  created_at: '2026-11-20T10:00:00.000Z',
  status: 'unread',
} satisfies Static<typeof NotificationView>;

const countsExample = { unread: 1, unseen: 1, total: 1, rev: 1 };

export const inboxList = defineProcedure({
  name: 'inbox.list',
  summary: 'My notifications, newest first',
  access: 'user',
  input: Type.Object(
    {
      filter: Type.Optional(
        Type.Union([Type.Literal('all'), Type.Literal('unread'), Type.Literal('archived')], {
          description: '`all` (the default) leaves archived ones out.',
        }),
      ),
      cursor: Cursor,
      limit: Limit,
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ notifications: Type.Array(NotificationView), next: Next }),
  errors: ['bad_request'],
  http: { method: 'GET', path: ME },
  example: {
    input: { filter: 'unread', limit: 20 },
    output: { notifications: [notificationExample] },
  },
});

export const inboxMark = defineProcedure({
  name: 'inbox.mark',
  summary: 'Mark notifications: one, many or all',
  access: 'user',
  input: Type.Object(
    {
      ids: Type.Union([
        Type.Array(Type.String({ maxLength: 128 }), { minItems: 1, maxItems: 1000 }),
        Type.Literal('all'),
      ]),
      mark: Type.Union([
        Type.Literal('seen'),
        Type.Literal('read'),
        Type.Literal('unread'),
        Type.Literal('archived'),
        Type.Literal('unarchived'),
      ]),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ changed_ids: Type.Array(Type.String()), counts: CountsView }),
  errors: ['storage_unavailable'],
  http: { method: 'POST', path: `${ME}/mark` },
  example: {
    input: { ids: ['n_1'], mark: 'read' },
    output: { changed_ids: ['n_1'], counts: { unread: 0, unseen: 0, total: 1, rev: 2 } },
  },
});

export const inboxCounts = defineProcedure({
  name: 'inbox.counts',
  summary: 'How many notifications I have, unread and unseen',
  access: 'user',
  input: Type.Object({}, { additionalProperties: false }),
  output: CountsView,
  errors: [],
  http: { method: 'GET', path: `${ME}/counts` },
  example: { input: {}, output: countsExample },
});

export const notify = defineProcedure({
  name: 'notify',
  summary: 'Notify one or many users',
  description:
    'Stored first, then told to those connected, on every endpoint they use, and pushed to those who are away.',
  access: 'backend',
  input: Type.Object(
    {
      users: UserIds,
      title: Title,
      content: Type.Optional(Text),
      type: Type.Optional(Kind),
      link: Type.Optional(Link),
      source: Type.Optional(Kind),
      data: Type.Optional(JsonObject),
      dedupeKey: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 128,
          description: 'A user gets at most one notification with this key.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    id: Type.String(),
    accepted: Type.Integer({ minimum: 0, description: 'Users for whom it was stored now.' }),
  }),
  errors: ['too_many', 'too_long', 'storage_unavailable'],
  http: { method: 'POST', path: '/api/v1/notifications', successStatus: 202 },
  example: {
    input: {
      users: ['alice', 'bob'],
      title: 'Order shipped',
      content: 'It arrives on Friday.',
      type: 'info',
      link: '/orders/7',
      source: 'shop',
      dedupeKey: 'order-7-shipped',
    },
    output: { id: 'n_1', accepted: 2 },
  },
});
