/** Rules of TaskStore. */
import { expect, it } from 'vitest';
import type { TaskChange, TaskStore } from '../../../server/src/ports/task-store.ts';
import { valueOf } from './store-outcome.ts';
import type { Subject } from './store-subject.ts';

const start = (tasks: TaskStore, id: string, { owner = 'ann', totalSteps = 4 } = {}) =>
  tasks.startTask({ id, owner, title: `task ${id}`, totalSteps });

export function taskStoreContract(subject: Subject): void {
  startRules(subject);
  changeRules(subject);
  endRules(subject);
  listRules(subject);
  chunkRules(subject);
}

function startRules(subject: Subject): void {
  it('a started task runs, at nothing done, version 1', async () => {
    const { tasks } = subject().store;
    const { task, isNew, outboxId } = valueOf(await start(tasks, 't1'));
    const at = subject().now();
    expect(isNew).toBe(true);
    expect(outboxId).toEqual(expect.any(Number));
    expect(task).toEqual({
      id: 't1',
      owner: 'ann',
      title: 'task t1',
      status: 'running',
      message: '',
      step: 0,
      totalSteps: 4,
      progress: 0,
      isCancelRequested: false,
      chunkCount: 0,
      version: 1,
      createdAt: at,
      updatedAt: at,
    });
    expect(await tasks.getTask('t1')).toEqual(task);
  });

  it('the same start again returns the task as it is; by another owner it is a conflict', async () => {
    const { tasks } = subject().store;
    await start(tasks, 't1');
    await tasks.changeTask('t1', { type: 'progress', step: 2 });
    const again = valueOf(await start(tasks, 't1'));
    expect(again).toEqual({ task: await tasks.getTask('t1'), isNew: false });
    expect(again.task.step).toBe(2);
    expect(await start(tasks, 't1', { owner: 'eve' })).toMatchObject({
      ok: false,
      error: 'conflict',
    });
  });
}

function changeRules(subject: Subject): void {
  it('progress changes what it names, keeps the rest, raises the version', async () => {
    const { tasks } = subject().store;
    await start(tasks, 't1');
    subject().advance(3);
    const first = { type: 'progress', message: 'reading', step: 1, progress: 10 } as const;
    expect(valueOf(await tasks.changeTask('t1', first)).task).toMatchObject({
      message: 'reading',
      step: 1,
      totalSteps: 4,
      progress: 10,
      version: 2,
      updatedAt: subject().now(),
    });
    const second = { type: 'progress', totalSteps: 8 } as const;
    const { task, isNew } = valueOf(await tasks.changeTask('t1', second));
    expect(isNew).toBe(true);
    expect(task).toMatchObject({ message: 'reading', step: 1, totalSteps: 8, progress: 10 });
  });

  it('a step without a percentage gives the percentage of the steps', async () => {
    const { tasks } = subject().store;
    await start(tasks, 't1', { totalSteps: 3 });
    const progressAt = async (step: number) =>
      valueOf(await tasks.changeTask('t1', { type: 'progress', step })).task.progress;
    expect([await progressAt(1), await progressAt(3), await progressAt(9)]).toEqual([33, 100, 100]);
    await start(tasks, 'unknown-length', { totalSteps: 0 });
    const change = { type: 'progress', step: 7 } as const;
    expect(valueOf(await tasks.changeTask('unknown-length', change)).task.progress).toBe(0);
  });

  it('a change of an unknown task is not_found', async () => {
    const { tasks } = subject().store;
    const change = { type: 'progress', step: 1 } as const;
    expect(await tasks.changeTask('nope', change)).toMatchObject({ error: 'not_found' });
    expect(await tasks.getTask('nope')).toBeUndefined();
  });

  it('a request to cancel is kept, once; the task goes on', async () => {
    const { tasks } = subject().store;
    await start(tasks, 't1');
    const request = { type: 'cancel-requested' } as const;
    const first = valueOf(await tasks.changeTask('t1', request));
    expect(first).toMatchObject({ isNew: true, task: { isCancelRequested: true, version: 2 } });
    expect(first.task.status).toBe('running');
    expect(valueOf(await tasks.changeTask('t1', request))).toEqual({
      task: first.task,
      isNew: false,
    });
  });
}

function endRules(subject: Subject): void {
  const ends: readonly TaskChange[] = [
    { type: 'completed', message: 'done', result: '{"url":"/x"}' },
    { type: 'failed', message: 'no disk' },
    { type: 'cancelled', message: 'as asked' },
  ];

  it('a completed task is at 100 %, on its last step, with its result', async () => {
    const { tasks } = subject().store;
    await start(tasks, 't1');
    const done = { type: 'completed', message: 'done', result: '[1]' } as const;
    const { task } = valueOf(await tasks.changeTask('t1', done));
    expect(task).toMatchObject({ status: 'completed', progress: 100, step: 4, result: '[1]' });
    expect(await tasks.getTask('t1')).toEqual(task);
  });

  it('a failed or cancelled task keeps how far it came', async () => {
    const { tasks } = subject().store;
    for (const end of ends.slice(1)) {
      await start(tasks, end.type);
      await tasks.changeTask(end.type, { type: 'progress', step: 2, progress: 50 });
      const { task } = valueOf(await tasks.changeTask(end.type, end));
      expect(task).toMatchObject({ status: end.type, step: 2, progress: 50 });
    }
  });

  it('every task ends once: the same end again is a repeat, anything else task_finished', async () => {
    const { tasks } = subject().store;
    for (const end of ends) {
      await start(tasks, end.type);
      const first = valueOf(await tasks.changeTask(end.type, end));
      expect(first.isNew).toBe(true);
      const again = valueOf(await tasks.changeTask(end.type, end));
      expect(again).toEqual({ task: first.task, isNew: false });
      const others: readonly TaskChange[] = [
        ...ends.filter((other) => other.type !== end.type),
        { type: 'progress', step: 1 },
        { type: 'cancel-requested' },
      ];
      for (const other of others) {
        const refused = await tasks.changeTask(end.type, other);
        expect(refused).toMatchObject({ ok: false, error: 'task_finished' });
      }
      expect(await tasks.getTask(end.type)).toEqual(first.task);
    }
  });

  it('of ends that race each other exactly one is stored', async () => {
    const { tasks } = subject().store;
    await start(tasks, 't1');
    const results = await Promise.all([...ends, ...ends].map((end) => tasks.changeTask('t1', end)));
    expect(results.filter((result) => result.ok && result.value.isNew)).toHaveLength(1);
    expect((await tasks.getTask('t1'))?.version).toBe(2);
  });
}

function listRules(subject: Subject): void {
  it('an owner sees own tasks, newest first, page by page', async () => {
    const { tasks } = subject().store;
    await start(tasks, 'other', { owner: 'bob' });
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      await start(tasks, id);
      subject().advance(id === 'b' ? 0 : 1);
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await tasks.listTasks('ann', { limit: 2, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(await tasks.listTasks('eve', { limit: 2 })).toEqual({ items: [] });
    expect(await tasks.listTasks('ann', { limit: 2, cursor: '?' })).toEqual({ items: [] });
  });
}

const MAX_LENGTH = 100;

function chunkRules(subject: Subject): void {
  const append = (id: string, index: number, ...chunks: string[]) =>
    subject().store.tasks.appendChunks(id, { index, chunks, maxLength: MAX_LENGTH });
  const textOf = async (id: string, from = 0, limit = 1000): Promise<string | undefined> => {
    const page = await subject().store.tasks.listChunks(id, { from, limit });
    return page?.chunks.map(({ index, text }) => `${index}${text}`).join(' ');
  };

  it('chunks are numbered without holes, and read back from any place', async () => {
    await start(subject().store.tasks, 't1');
    expect(valueOf(await append('t1', 0, 'a', 'b'))).toEqual({
      nextIndex: 2,
      added: [
        { index: 0, text: 'a' },
        { index: 1, text: 'b' },
      ],
    });
    expect(valueOf(await append('t1', 2, 'c \0 \u{1F514}')).nextIndex).toBe(3);
    expect(await textOf('t1')).toBe('0a 1b 2c \0 \u{1F514}');
    expect(await textOf('t1', 1, 1)).toBe('1b');
    expect(await textOf('t1', 9)).toBe('');
    expect(await textOf('nope')).toBeUndefined();
    expect(await subject().store.tasks.getTask('t1')).toMatchObject({ chunkCount: 3, version: 1 });
  });

  it('what is stored already is passed over, also when more follows it', async () => {
    await start(subject().store.tasks, 't1');
    await append('t1', 0, 'a', 'b');
    expect(valueOf(await append('t1', 0, 'a', 'b'))).toEqual({ nextIndex: 2, added: [] });
    expect(valueOf(await append('t1', 1, 'b', 'c'))).toEqual({
      nextIndex: 3,
      added: [{ index: 2, text: 'c' }],
    });
    expect(await textOf('t1')).toBe('0a 1b 2c');
  });

  it('a hole and other text are conflicts that name the awaited index, and store nothing', async () => {
    await start(subject().store.tasks, 't1');
    await append('t1', 0, 'a', 'b');
    const hole = await append('t1', 3, 'd');
    expect(hole).toMatchObject({ error: 'conflict', message: expect.stringContaining('index 2') });
    const other = await append('t1', 1, 'x', 'c');
    expect(other).toMatchObject({ error: 'conflict', message: expect.stringContaining('index 2') });
    expect(await append('nope', 0, 'a')).toMatchObject({ error: 'not_found' });
    expect(await textOf('t1')).toBe('0a 1b');
  });

  it('a stream has a greatest length', async () => {
    await start(subject().store.tasks, 't1');
    valueOf(await append('t1', 0, 'x'.repeat(MAX_LENGTH - 1)));
    expect(await append('t1', 1, 'y', 'z')).toMatchObject({ error: 'too_long' });
    expect(valueOf(await append('t1', 1, 'y')).nextIndex).toBe(2);
  });

  it('a task that has ended takes no more chunks, and knows those it has', async () => {
    const { tasks } = subject().store;
    await start(tasks, 't1');
    await append('t1', 0, 'a');
    await tasks.changeTask('t1', { type: 'completed' });
    expect(await append('t1', 1, 'b')).toMatchObject({ error: 'task_finished' });
    expect(valueOf(await append('t1', 0, 'a'))).toEqual({ nextIndex: 1, added: [] });
    expect((await tasks.listChunks('t1', { from: 0, limit: 9 }))?.task).toMatchObject({
      status: 'completed',
      chunkCount: 1,
    });
  });

  it('of writers that race for an index one wins, whatever they bring', async () => {
    const { tasks } = subject().store;
    await start(tasks, 't1');
    const writers = ['a', 'b', 'c', 'd'];
    const results = await Promise.all(writers.map((text) => append('t1', 0, text)));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    const many = Array.from({ length: 50 }, (_, at) => at + 1);
    await Promise.all(many.map((index) => append('t1', index, '.')));
    expect((await tasks.getTask('t1'))?.chunkCount).toBe(51);
  });
}
