import type { Outcome } from '@carillon/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDomain, type RunningDomain } from '../../../../testkit/src/running-domain.ts';

const valueOf = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(`refused: ${outcome.error} ${outcome.message ?? ''}`);
  return outcome.value;
};

const alice = { user: 'alice' };
const ENDS = ['task.completed', 'task.failed', 'task.cancelled'];

let running: RunningDomain;

beforeAll(async () => {
  running = await openDomain();
});

afterAll(() => running.close());

describe('tasks', () => {
  it('the same start again answers the first task; for another owner it is a conflict', async () => {
    const { tasks } = running.domain;
    expect(valueOf(await tasks.start({ id: 't1', owner: 'alice' })).isNew).toBe(true);
    expect(valueOf(await tasks.start({ id: 't1', owner: 'alice' })).isNew).toBe(false);
    expect(await tasks.start({ id: 't1', owner: 'bob' })).toMatchObject({ error: 'conflict' });
  });

  it('from snapshot to one end: progress is told in order, the last state is never missing', async () => {
    const { tasks } = running.domain;
    valueOf(await tasks.start({ id: 't2', owner: 'alice', totalSteps: 100 }));
    const client = await running.connect('alice');
    valueOf(await client.subscribe('task:t2'));
    for (let step = 1; step <= 60; step++) {
      valueOf(await tasks.progress('t2', { step, message: `step ${step}` }));
    }
    valueOf(await tasks.complete('t2', { message: 'done', result: '{"url":"/file"}' }));
    await client.waitFor('task.completed', 2);
    const told = client.seen.filter(({ channel }) => channel === 'task:t2');
    const progress = told.filter(({ type }) => type === 'task.progress');
    const versions = told.map(({ data }) => Number(data['version']));
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(progress.at(-1)?.data).toMatchObject({ step: 60, message: 'step 60', progress: 60 });
    expect(told.at(-1)).toMatchObject({
      type: 'task.completed',
      data: {
        task_id: 't2',
        status: 'completed',
        message: 'done',
        step: 100,
        total_steps: 100,
        progress: 100,
        result: { url: '/file' },
      },
    });
  });

  it('exactly one end, however many are tried at once', async () => {
    const { tasks } = running.domain;
    valueOf(await tasks.start({ id: 't3', owner: 'carol' }));
    const client = await running.connect('carol');
    valueOf(await client.subscribe('task:t3'));
    const tries = await Promise.all([
      tasks.complete('t3', {}),
      tasks.complete('t3', {}),
      tasks.fail('t3', { message: 'no' }),
      tasks.confirmCancel('t3', {}),
      tasks.progress('t3', { progress: 50 }),
    ]);
    expect(tries.map((answer) => (answer.ok ? 'ok' : answer.error))).toEqual([
      'ok',
      'ok',
      'task_finished',
      'task_finished',
      'task_finished',
    ]);
    await running.settled();
    const ends = client.seen.filter(
      ({ channel, type }) => channel === 'task:t3' && ENDS.includes(type),
    );
    expect(ends.map(({ type }) => type)).toEqual(['task.completed']);
  });

  it('the owner hears of start and end in the own channel, of nothing in between', async () => {
    const { tasks } = running.domain;
    const client = await running.connect('dora');
    valueOf(await tasks.start({ id: 't4', owner: 'dora', title: 'Export' }));
    valueOf(await tasks.progress('t4', { progress: 50 }));
    valueOf(await tasks.fail('t4', { message: 'disk full' }));
    await client.waitFor('task.failed');
    expect(client.seen.map(({ channel, type }) => `${channel} ${type}`)).toEqual([
      'user:dora task.snapshot',
      'user:dora task.failed',
    ]);
  });

  it('only the owner sees a task and asks for its end; others learn not even that it exists', async () => {
    const { tasks } = running.domain;
    valueOf(await tasks.start({ id: 't5', owner: 'alice' }));
    const unknown = await tasks.get(alice, 'no-such-task');
    expect(unknown).toMatchObject({ error: 'not_found' });
    expect(await tasks.get({ user: 'bob' }, 't5')).toEqual(unknown);
    expect(await tasks.get({ user: '' }, 't5')).toEqual(unknown);
    expect(await tasks.cancelRequest({ user: 'bob' }, 't5')).toEqual(unknown);
    expect(valueOf(await tasks.cancelRequest(alice, 't5')).isCancelRequested).toBe(true);
    expect(valueOf(await tasks.get({ backend: true }, 't5')).status).toBe('running');
    expect(valueOf(await tasks.confirmCancel('t5', {})).status).toBe('cancelled');
    expect(await tasks.cancelRequest(alice, 't5')).toMatchObject({ error: 'task_finished' });
  });

  it('lists mine, newest first, page by page', async () => {
    const { tasks } = running.domain;
    for (const id of ['l1', 'l2', 'l3']) valueOf(await tasks.start({ id, owner: 'lea' }));
    const first = valueOf(await tasks.list('lea', { limit: 2 }));
    expect(first.items).toHaveLength(2);
    const second = valueOf(await tasks.list('lea', { limit: 2, cursor: first.next ?? '' }));
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(ids.toSorted()).toEqual(['l1', 'l2', 'l3']);
    expect(second.next).toBeUndefined();
  });

  it.each([
    ['progress over 100', { progress: 101 }],
    ['progress below 0', { progress: -1 }],
    ['progress that is no number', { progress: Number.NaN }],
    ['a negative step', { step: -1 }],
    ['an endless step', { step: Number.POSITIVE_INFINITY }],
  ])('%s is refused', async (_what, change) => {
    const refused = await running.domain.tasks.progress('t1', change);
    expect(refused).toMatchObject({ ok: false, error: 'invalid_field' });
  });
});
