/** What operators look after: notices to many, tasks of all users, failed pushes, configuration. */
import { Type, type Static } from 'typebox';
import {
  AnyJson,
  Count,
  Cursor,
  Done,
  Id,
  Kind,
  Limit,
  Link,
  Next,
  Text,
  Timestamp,
  Title,
  UserId,
} from './fields.ts';
import { defineProcedure } from './procedure.ts';
import { TaskView } from './tasks.ts';

const CONSOLE = '/api/v1/console';

const consoleTaskExample = {
  id: 'notify-1',
  owner: '$console',
  title: 'Maintenance at 22:00',
  status: 'running',
  message: '',
  step: 500,
  total_steps: 2_000,
  progress: 25,
  is_cancel_requested: false,
  version: 2,
  created_at: '2026-11-20T10:00:00.000Z',
  updated_at: '2026-11-20T10:00:02.000Z',
} satisfies Static<typeof TaskView>;

export const consoleNotify = defineProcedure({
  name: 'console.notify',
  summary: 'Notify some users, all who are connected, or everybody',
  description:
    'Sent in portions by a task that is returned: it tells how far it is and can be cancelled (`console.cancelTask`). `everybody`: who is known to the store (has an inbox, a conversation or a task) or connected now. The same `dedupeKey` again reaches only those who were not reached before.',
  access: 'admin',
  input: Type.Object(
    {
      audience: Type.Union([
        Type.Literal('users'),
        Type.Literal('online'),
        Type.Literal('everybody'),
      ]),
      users: Type.Optional(
        Type.Array(UserId, { minItems: 1, maxItems: 1_000, description: 'With `users` only.' }),
      ),
      title: Title,
      content: Type.Optional(Text),
      type: Type.Optional(Kind),
      link: Type.Optional(Link),
      dedupeKey: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    },
    { additionalProperties: false },
  ),
  output: TaskView,
  errors: ['invalid_field', 'too_long', 'too_many_requests', 'storage_unavailable'],
  http: { method: 'POST', path: `${CONSOLE}/notify`, successStatus: 202 },
  example: {
    input: { audience: 'everybody', title: 'Maintenance at 22:00', content: 'Ten minutes.' },
    output: consoleTaskExample,
  },
});

export const consoleTasks = defineProcedure({
  name: 'console.tasks',
  summary: 'Tasks of all users, newest first',
  access: 'admin',
  input: Type.Object(
    {
      status: Type.Optional(
        Type.Union([
          Type.Literal('running'),
          Type.Literal('completed'),
          Type.Literal('failed'),
          Type.Literal('cancelled'),
        ]),
      ),
      cursor: Cursor,
      limit: Limit,
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ tasks: Type.Array(TaskView), next: Next }),
  errors: [],
  http: { method: 'GET', path: `${CONSOLE}/tasks` },
  example: { input: { status: 'running' }, output: { tasks: [consoleTaskExample] } },
});

export const consoleTask = defineProcedure({
  name: 'console.task',
  summary: 'One task of any user',
  access: 'admin',
  input: Type.Object({ task_id: Id }, { additionalProperties: false }),
  output: TaskView,
  errors: ['not_found'],
  http: { method: 'GET', path: `${CONSOLE}/tasks/{task_id}` },
  example: { input: { task_id: 'notify-1' }, output: consoleTaskExample },
});

export const consoleCancelTask = defineProcedure({
  name: 'console.cancelTask',
  summary: 'Ask the program behind a task to stop',
  access: 'admin',
  input: Type.Object({ task_id: Id }, { additionalProperties: false }),
  output: TaskView,
  errors: ['not_found', 'task_finished', 'storage_unavailable'],
  http: { method: 'POST', path: `${CONSOLE}/tasks/{task_id}/cancel` },
  example: {
    input: { task_id: 'notify-1' },
    output: { ...consoleTaskExample, is_cancel_requested: true },
  },
});

const PushId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

export const FailedPushView = Type.Object({
  id: PushId,
  kind: Type.Union([
    Type.Literal('message'),
    Type.Literal('notification'),
    Type.Literal('task'),
    Type.Literal('push'),
  ]),
  reference: AnyJson,
  users: Type.Array(Type.String(), { description: 'Who did not get it; at most 100.' }),
  users_count: Count,
  attempts: Type.Integer({ minimum: 1 }),
  reason: Type.String(),
  created_at: Timestamp,
  failed_at: Timestamp,
});

export const consolePushes = defineProcedure({
  name: 'console.pushes',
  summary: 'Pushes that were given up after too many attempts, newest first',
  access: 'admin',
  input: Type.Object({ cursor: Cursor, limit: Limit }, { additionalProperties: false }),
  output: Type.Object({ pushes: Type.Array(FailedPushView), next: Next }),
  errors: [],
  http: { method: 'GET', path: `${CONSOLE}/pushes` },
  example: {
    input: {},
    output: {
      pushes: [
        {
          id: 7,
          kind: 'notification',
          reference: { user: 'alice', id: 'n_1' },
          users: ['alice'],
          users_count: 1,
          attempts: 10,
          reason: 'the webhook answered 500',
          created_at: '2026-11-20T10:00:00.000Z',
          failed_at: '2026-11-20T11:00:00.000Z',
        },
      ],
    },
  },
});

export const consoleResendPushes = defineProcedure({
  name: 'console.resendPushes',
  summary: 'Try failed pushes again, some or all',
  description: 'They are due at once, with all their attempts before them.',
  access: 'admin',
  input: Type.Object(
    {
      ids: Type.Union([Type.Array(PushId, { minItems: 1, maxItems: 1_000 }), Type.Literal('all')]),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ resent: Count }),
  errors: ['storage_unavailable'],
  http: { method: 'POST', path: `${CONSOLE}/pushes/resend` },
  example: { input: { ids: [7] }, output: { resent: 1 } },
});

export const consoleDiscardPushes = defineProcedure({
  name: 'console.discardPushes',
  summary: 'Forget failed pushes for good',
  access: 'admin',
  input: Type.Object(
    { ids: Type.Array(PushId, { minItems: 1, maxItems: 1_000 }) },
    { additionalProperties: false },
  ),
  output: Done,
  errors: ['storage_unavailable'],
  http: { method: 'POST', path: `${CONSOLE}/pushes/discard` },
  example: { input: { ids: [7] }, output: { ok: true } },
});

export const consoleConfiguration = defineProcedure({
  name: 'console.configuration',
  summary: 'The settings in force on the process that answers; secrets are hidden',
  access: 'admin',
  input: Type.Object({}, { additionalProperties: false }),
  output: Type.Object({
    kind: Type.String(),
    version: Type.String(),
    engine: Type.String(),
    store: Type.String(),
    settings: Type.Array(
      Type.Object({
        name: Type.String(),
        group: Type.String(),
        value: Type.Optional(Type.String({ description: 'Absent: not set, or hidden.' })),
        is_secret: Type.Boolean(),
        is_set: Type.Boolean(),
        is_default: Type.Boolean(),
        description: Type.String(),
      }),
    ),
    namespaces: Type.Array(
      Type.Object({
        name: Type.String(),
        history_size: Count,
        history_ttl_ms: Type.Number({ minimum: 0 }),
        has_presence: Type.Boolean(),
        has_recovery: Type.Boolean(),
      }),
    ),
  }),
  errors: [],
  http: { method: 'GET', path: `${CONSOLE}/configuration` },
  example: {
    input: {},
    output: {
      kind: 'combined',
      version: '0.1.0',
      engine: 'memory',
      store: 'SQLite',
      settings: [
        {
          name: 'PORT',
          group: 'server',
          value: '8000',
          is_secret: false,
          is_set: true,
          is_default: true,
          description: 'Port to listen on.',
        },
      ],
      namespaces: [
        {
          name: 'room',
          history_size: 100,
          history_ttl_ms: 600_000,
          has_presence: true,
          has_recovery: true,
        },
      ],
    },
  },
});
