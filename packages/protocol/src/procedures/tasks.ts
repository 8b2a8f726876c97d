/** Long-running work that reports: a backend moves it, its owner watches and may ask to stop it. */
import { Type, type Static } from 'typebox';
import {
  AnyJson,
  Count,
  Cursor,
  Id,
  Limit,
  Next,
  Text,
  Timestamp,
  Title,
  UserId,
} from './fields.ts';
import { defineProcedure } from './procedure.ts';

export const TaskView = Type.Object({
  id: Type.String(),
  owner: Type.String(),
  title: Type.Optional(Type.String()),
  status: Type.Union([
    Type.Literal('running'),
    Type.Literal('completed'),
    Type.Literal('failed'),
    Type.Literal('cancelled'),
  ]),
  message: Type.String(),
  step: Count,
  total_steps: Count,
  progress: Type.Number({ minimum: 0, maximum: 100, description: 'Per cent.' }),
  result: Type.Optional(AnyJson),
  is_cancel_requested: Type.Boolean(),
  version: Type.Integer({ minimum: 1, description: 'Grows with every change.' }),
  created_at: Timestamp,
  updated_at: Timestamp,
});

const TASKS = '/api/v1/tasks';
const TASK = `${TASKS}/{task_id}`;

const taskExample = {
  id: 'import-7',
  owner: 'alice',
  title: 'Import contacts',
  status: 'running',
  message: 'Reading',
  step: 1,
  total_steps: 4,
  progress: 25,
  is_cancel_requested: false,
  version: 2,
  created_at: '2026-11-20T10:00:00.000Z',
  updated_at: '2026-11-20T10:00:02.000Z',
} satisfies Static<typeof TaskView>;

export const taskStart = defineProcedure({
  name: 'task.start',
  summary: 'Start a task for a user',
  description: 'The same id and owner again answers 200 with the task as it is.',
  access: 'backend',
  input: Type.Object(
    {
      task_id: Id,
      owner: UserId,
      title: Type.Optional(Title),
      total_steps: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
    },
    { additionalProperties: false },
  ),
  output: TaskView,
  errors: ['conflict', 'storage_unavailable'],
  http: { method: 'POST', path: `${TASK}/start`, successStatus: 201, repeatedStatus: 200 },
  example: {
    input: { task_id: 'import-7', owner: 'alice', title: 'Import contacts', total_steps: 4 },
    output: { ...taskExample, message: '', step: 0, progress: 0, version: 1 },
  },
});

export const taskProgress = defineProcedure({
  name: 'task.progress',
  summary: 'Report how far a task is',
  description: 'Watchers see the latest, at most ten times a second.',
  access: 'backend',
  input: Type.Object(
    {
      task_id: Id,
      message: Type.Optional(Text),
      step: Type.Optional(Count),
      total_steps: Type.Optional(Count),
      progress: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    },
    { additionalProperties: false },
  ),
  output: TaskView,
  errors: ['not_found', 'task_finished', 'storage_unavailable'],
  http: { method: 'POST', path: `${TASK}/progress` },
  example: {
    input: { task_id: 'import-7', message: 'Reading', step: 1, total_steps: 4, progress: 25 },
    output: taskExample,
  },
});

const Index = Type.Integer({ minimum: 0, description: 'Of a chunk: 0, 1, 2 …' });

export const taskAppend = defineProcedure({
  name: 'task.append',
  summary: 'Add chunks to the text that a task produces',
  description:
    'For the output of language models and the like. Chunks are numbered without holes and stored before ' +
    'the answer; the owner sees them live in the channel `stream:<task_id>`. The same chunks again are a ' +
    'repeat. A hole, or other text at an index, is a conflict that names the index which is awaited.',
  access: 'backend',
  input: Type.Object(
    {
      task_id: Id,
      index: Type.Integer({ minimum: 0, description: 'Of the first chunk here.' }),
      chunks: Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), {
        minItems: 1,
        maxItems: 256,
      }),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ next_index: Index }),
  errors: ['not_found', 'conflict', 'task_finished', 'too_long', 'storage_unavailable'],
  http: { method: 'POST', path: `${TASK}/chunks`, successStatus: 201, repeatedStatus: 200 },
  example: {
    input: { task_id: 'answer-7', index: 0, chunks: ['Once', ' upon'] },
    output: { next_index: 2 },
  },
});

export const taskStream = defineProcedure({
  name: 'task.stream',
  summary: 'The text that a task has produced, from a chunk on',
  description:
    'Continue at `next_index`; an answer without chunks has reached the end of what is there. `is_done`: ' +
    'nothing will come after this answer.',
  access: 'user-or-backend',
  input: Type.Object(
    {
      task_id: Id,
      from: Type.Optional(Type.Integer({ minimum: 0, description: 'First index, 0 unless told.' })),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 500, description: 'Chunks, 500 unless told.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    chunks: Type.Array(Type.Object({ index: Index, text: Type.String() })),
    next_index: Index,
    is_done: Type.Boolean(),
  }),
  errors: ['not_found'],
  http: { method: 'GET', path: `${TASK}/chunks` },
  example: {
    input: { task_id: 'answer-7', from: 1 },
    output: { chunks: [{ index: 1, text: ' upon' }], next_index: 2, is_done: false },
  },
});

export const taskComplete = defineProcedure({
  name: 'task.complete',
  summary: 'Finish a task well',
  access: 'backend',
  input: Type.Object(
    { task_id: Id, message: Type.Optional(Text), result: Type.Optional(AnyJson) },
    { additionalProperties: false },
  ),
  output: TaskView,
  errors: ['not_found', 'task_finished', 'storage_unavailable'],
  http: { method: 'POST', path: `${TASK}/complete` },
  example: {
    input: { task_id: 'import-7', message: 'Done', result: { imported: 120 } },
    output: { ...taskExample, status: 'completed', progress: 100, result: { imported: 120 } },
  },
});

export const taskFail = defineProcedure({
  name: 'task.fail',
  summary: 'Finish a task badly',
  access: 'backend',
  input: Type.Object({ task_id: Id, message: Text }, { additionalProperties: false }),
  output: TaskView,
  errors: ['not_found', 'task_finished', 'storage_unavailable'],
  http: { method: 'POST', path: `${TASK}/fail` },
  example: {
    input: { task_id: 'import-7', message: 'The file cannot be read' },
    output: { ...taskExample, status: 'failed', message: 'The file cannot be read' },
  },
});

export const taskCancel = defineProcedure({
  name: 'task.cancel',
  summary: 'Ask a task to stop',
  description: 'A request: the backend sees it on the task and decides.',
  access: 'user-or-backend',
  input: Type.Object({ task_id: Id }, { additionalProperties: false }),
  output: TaskView,
  errors: ['not_found', 'permission_denied', 'task_finished', 'storage_unavailable'],
  http: { method: 'POST', path: `${TASK}/cancel`, successStatus: 202 },
  example: {
    input: { task_id: 'import-7' },
    output: { ...taskExample, is_cancel_requested: true },
  },
});

export const taskConfirmCancel = defineProcedure({
  name: 'task.confirmCancel',
  summary: 'Say that a task has stopped as its owner asked',
  access: 'backend',
  input: Type.Object(
    { task_id: Id, message: Type.Optional(Text) },
    { additionalProperties: false },
  ),
  output: TaskView,
  errors: ['not_found', 'task_finished', 'storage_unavailable'],
  http: { method: 'POST', path: `${TASK}/cancelled` },
  example: {
    input: { task_id: 'import-7', message: 'Stopped' },
    output: { ...taskExample, status: 'cancelled', message: 'Stopped' },
  },
});

export const taskGet = defineProcedure({
  name: 'task.get',
  summary: 'One task as it stands',
  access: 'user-or-backend',
  input: Type.Object({ task_id: Id }, { additionalProperties: false }),
  output: TaskView,
  errors: ['not_found', 'permission_denied'],
  http: { method: 'GET', path: TASK },
  example: { input: { task_id: 'import-7' }, output: taskExample },
});

export const taskList = defineProcedure({
  name: 'task.list',
  summary: 'My tasks, newest first',
  access: 'user',
  input: Type.Object({ cursor: Cursor, limit: Limit }, { additionalProperties: false }),
  output: Type.Object({ tasks: Type.Array(TaskView), next: Next }),
  errors: ['bad_request'],
  http: { method: 'GET', path: TASKS },
  example: { input: {}, output: { tasks: [taskExample] } },
});
