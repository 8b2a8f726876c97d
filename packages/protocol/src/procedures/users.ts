/** People: whether they are here, on what devices, and what an application tells them directly. */
import { Type } from 'typebox';
import { Done, JsonObject, OnBehalfOf, Timestamp, UserId } from './fields.ts';
import { defineProcedure } from './procedure.ts';

const USER = '/api/v1/users/{user_id}';

export const DeviceView = Type.Object({
  connection_id: Type.String(),
  device_type: Type.Union([
    Type.Literal('mobile'),
    Type.Literal('tablet'),
    Type.Literal('desktop'),
    Type.Literal('unknown'),
  ]),
  connected_at: Timestamp,
});

const deviceExample = {
  connection_id: 'k_1',
  device_type: 'mobile' as const,
  connected_at: '2026-11-20T10:00:00.000Z',
};

export const usersPresence = defineProcedure({
  name: 'users.presence',
  summary: 'Which of these users are connected',
  access: 'backend',
  input: Type.Object(
    { users: Type.Array(UserId, { minItems: 1, maxItems: 1000 }) },
    { additionalProperties: false },
  ),
  output: Type.Object({
    users: Type.Array(
      Type.Object({
        user: Type.String(),
        online: Type.Boolean(),
        connections: Type.Integer({ minimum: 0 }),
      }),
    ),
  }),
  errors: ['too_many'],
  http: { method: 'POST', path: '/api/v1/users/presence' },
  example: {
    input: { users: ['alice'] },
    output: { users: [{ user: 'alice', online: true, connections: 2 }] },
  },
});

export const usersDevices = defineProcedure({
  name: 'users.devices',
  summary: "A user's connections and what they run on",
  access: 'user-or-backend',
  input: Type.Object({ user_id: UserId }, { additionalProperties: false }),
  output: Type.Object({ devices: Type.Array(DeviceView) }),
  errors: ['permission_denied'],
  http: { method: 'GET', path: `${USER}/devices` },
  example: { input: { user_id: 'alice' }, output: { devices: [deviceExample] } },
});

export const usersDisconnect = defineProcedure({
  name: 'users.disconnect',
  summary: 'End all connections of a user, or one',
  access: 'backend',
  input: Type.Object(
    {
      user_id: UserId,
      connection_id: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
      reconnect: Type.Optional(
        Type.Boolean({
          description: 'Whether the client may come back by itself; false unless told.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Done,
  errors: [],
  http: { method: 'POST', path: `${USER}/disconnect` },
  example: { input: { user_id: 'alice' }, output: { ok: true } },
});

export const usersEvent = defineProcedure({
  name: 'users.event',
  summary: 'Send any JSON object to a user who is connected',
  description:
    "Arrives unchanged at the user's plain sockets and as a publication in `user:<id>`. Not stored as a notification.",
  access: 'backend',
  input: Type.Object({ user_id: UserId, event: JsonObject }, { additionalProperties: false }),
  output: Type.Object({ accepted: Type.Literal(true) }),
  errors: [],
  http: {
    method: 'POST',
    path: `${USER}/events`,
    successStatus: 202,
    body: { field: 'event' },
  },
  example: {
    input: { user_id: 'alice', event: { type: 'cart_updated', cart: { items: 3 } } },
    output: { accepted: true },
  },
});

export const ticketsCreate = defineProcedure({
  name: 'tickets.create',
  summary: 'A single-use ticket for one connection',
  description: 'Goes into `?ticket=` of a handshake, so that no long-lived token stands in a URL.',
  access: 'user-or-backend',
  input: Type.Object({ user: OnBehalfOf }, { additionalProperties: false }),
  output: Type.Object({
    ticket: Type.String(),
    expires_in: Type.Integer({ minimum: 1, maximum: 60, description: 'Seconds.' }),
  }),
  errors: ['invalid_field'],
  http: { method: 'POST', path: '/api/v1/tickets', successStatus: 201 },
  example: { input: {}, output: { ticket: 't_1', expires_in: 60 } },
});
