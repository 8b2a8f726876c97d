/**
 * What operators see of the running installation: figures of all nodes, who is connected, channels.
 * Everything is added up on the server and comes in pages. What they order: console-orders.ts.
 */
import { Type } from 'typebox';
import { AnyJson, Count, Cursor, Limit, Next, Timestamp } from './fields.ts';
import { defineProcedure } from './procedure.ts';
import { DeviceView } from './users.ts';

const CONSOLE = '/api/v1/console';

const Column = Type.Array(Count);
const Milliseconds = Type.Array(Type.Union([Type.Number({ minimum: 0 }), Type.Null()]));

export const DeviceCountsView = Type.Object({
  mobile: Count,
  tablet: Count,
  desktop: Count,
  unknown: Count,
});

export const NodeView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  kind: Type.String({ description: 'combined, http, websocket, worker, or a program of yours.' }),
  version: Type.String(),
  uptime_ms: Type.Number({ minimum: 0 }),
  connections: Count,
  users: Count,
  channels: Count,
  received_per_second: Type.Number({ minimum: 0, description: 'Mean of the last 5 s.' }),
  sent_per_second: Type.Number({ minimum: 0, description: 'Mean of the last 5 s.' }),
});

export const SeriesView = Type.Object(
  {
    at: Type.Array(Type.Integer(), { description: 'Seconds since 1970, oldest first.' }),
    connections: Column,
    users: Column,
    received: Column,
    sent: Column,
    pushed: Column,
    push_failed: Column,
    latency_p50_ms: Milliseconds,
    latency_p99_ms: Milliseconds,
  },
  { description: 'One entry per second in every column.' },
);

const nodeExample = {
  id: 'n_1',
  name: 'web-1',
  kind: 'combined',
  version: '0.1.0',
  uptime_ms: 60_000,
  connections: 2,
  users: 1,
  channels: 3,
  received_per_second: 0.4,
  sent_per_second: 1.2,
};

export const consoleOverview = defineProcedure({
  name: 'console.overview',
  summary: 'The last ten minutes of all nodes, second by second, added up',
  description:
    'With `since` only the seconds after it: ask with the last second minus 3, and let newer values replace older ones, since nodes answer a moment apart. A user who is connected to two nodes counts on both.',
  access: 'admin',
  input: Type.Object(
    {
      since: Type.Optional(Type.Integer({ minimum: 0, description: 'Seconds since 1970.' })),
      node: Type.Optional(
        Type.String({ maxLength: 128, description: 'Series of this node alone.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    series: SeriesView,
    devices: DeviceCountsView,
    nodes: Type.Array(NodeView),
    outbox: Type.Optional(
      Type.Object(
        {
          pending: Count,
          buried: Type.Integer({ minimum: 0, description: 'Given up, kept to be sent again.' }),
          oldest_at: Type.Optional(Timestamp),
        },
        { description: 'Absent while the store is away.' },
      ),
    ),
  }),
  errors: [],
  http: { method: 'GET', path: `${CONSOLE}/overview` },
  example: {
    input: { since: 1_763_632_800 },
    output: {
      series: {
        at: [1_763_632_801],
        connections: [2],
        users: [1],
        received: [0],
        sent: [3],
        pushed: [0],
        push_failed: [0],
        latency_p50_ms: [0.4],
        latency_p99_ms: [null],
      },
      devices: { mobile: 1, tablet: 0, desktop: 1, unknown: 0 },
      nodes: [nodeExample],
      outbox: { pending: 0, buried: 0 },
    },
  },
});

export const OnlineUserView = Type.Object({
  user: Type.String(),
  connections: Type.Integer({ minimum: 1 }),
  devices: Type.Array(
    Type.Object({
      ...DeviceView.properties,
      transport: Type.String(),
      protocol: Type.String(),
    }),
    { description: 'At most 20; `connections` counts all.' },
  ),
});

export const consoleUsers = defineProcedure({
  name: 'console.users',
  summary: 'Who is connected, by name',
  access: 'admin',
  input: Type.Object(
    {
      prefix: Type.Optional(Type.String({ maxLength: 128, description: 'How their ids begin.' })),
      cursor: Cursor,
      limit: Limit,
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ users: Type.Array(OnlineUserView), next: Next }),
  errors: [],
  http: { method: 'GET', path: `${CONSOLE}/users` },
  example: {
    input: { prefix: 'al' },
    output: {
      users: [
        {
          user: 'alice',
          connections: 1,
          devices: [
            {
              connection_id: 'k_1',
              device_type: 'mobile',
              connected_at: '2026-11-20T10:00:00.000Z',
              transport: 'websocket',
              protocol: 'native',
            },
          ],
        },
      ],
    },
  },
});

export const consoleChannels = defineProcedure({
  name: 'console.channels',
  summary: 'Channels with subscribers, by name',
  access: 'admin',
  input: Type.Object(
    {
      pattern: Type.Optional(
        Type.String({ maxLength: 255, description: '`*` stands for any characters.' }),
      ),
      cursor: Cursor,
      limit: Limit,
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    channels: Type.Array(Type.Object({ channel: Type.String(), subscribers: Count })),
    next: Next,
  }),
  errors: [],
  http: { method: 'GET', path: `${CONSOLE}/channels` },
  example: {
    input: { pattern: 'room:*' },
    output: { channels: [{ channel: 'room:lobby', subscribers: 12 }] },
  },
});

export const consoleChannel = defineProcedure({
  name: 'console.channel',
  summary: 'One channel: who is in it, and what was published last',
  description:
    '`presence` is absent where the namespace keeps none, `history` likewise. At most 200 of those present are shown, and the newest 50 publications.',
  access: 'admin',
  input: Type.Object(
    { channel: Type.String({ minLength: 1, maxLength: 255 }) },
    { additionalProperties: false },
  ),
  output: Type.Object({
    channel: Type.String(),
    subscribers: Count,
    presence: Type.Optional(
      Type.Object({
        connections: Count,
        clients: Type.Array(Type.Object({ user: Type.String(), connection_id: Type.String() })),
      }),
    ),
    history: Type.Optional(
      Type.Object({
        epoch: Type.String(),
        offset: Count,
        publications: Type.Array(
          Type.Object({
            offset: Type.Optional(Count),
            user: Type.Optional(Type.String()),
            data: AnyJson,
          }),
          { description: 'Newest first.' },
        ),
      }),
    ),
  }),
  errors: ['unknown_channel'],
  http: { method: 'GET', path: `${CONSOLE}/channel` },
  example: {
    input: { channel: 'room:lobby' },
    output: {
      channel: 'room:lobby',
      subscribers: 1,
      presence: { connections: 1, clients: [{ user: 'alice', connection_id: 'k_1' }] },
      history: {
        epoch: 'e_1',
        offset: 7,
        publications: [{ offset: 7, user: 'alice', data: { type: 'message' } }],
      },
    },
  },
});
