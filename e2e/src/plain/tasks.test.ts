import { describe, expect, it } from 'vitest';
import { usePlainServer } from './plain-fixture.ts';

const fixture = usePlainServer({ env: { WS_HEARTBEAT_INTERVAL: '1s' } });

const start = (id: string) =>
  fixture.post(`/api/v1/tasks/${id}/start`, { owner: 'alice', title: 'Import', total_steps: 4 });

const watch = (id: string, sub = 'alice') => fixture.connect(`/api/ws/tasks/${id}`, { sub });

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('/api/ws/tasks/{task_id} (C2)', () => {
  it('connected, the present state, progress, completed, then 1000', async () => {
    await start('t1');
    const alice = await watch('t1');
    expect(await alice.nextJson()).toMatchObject({
      type: 'connected',
      data: { user_id: 'alice', heartbeat_interval: 1 },
    });
    expect(await alice.nextJson()).toMatchObject({
      type: 'progress',
      data: { task_id: 't1', step: 0, total_steps: 4, progress: 0 },
    });
    await fixture.post('/api/v1/tasks/t1/progress', {
      message: 'Reading',
      step: 1,
      total_steps: 4,
      progress: 25,
    });
    expect(await alice.nextOf('progress')).toMatchObject({
      type: 'progress',
      data: {
        task_id: 't1',
        message: 'Reading',
        step: 1,
        total_steps: 4,
        progress: 25,
        timestamp: expect.stringMatching(ISO_TIME),
      },
    });
    await fixture.post('/api/v1/tasks/t1/complete', { message: 'Done', result: { rows: 10 } });
    expect(await alice.nextOf('completed')).toMatchObject({
      data: { task_id: 't1', message: 'Done', progress: 100, result: { rows: 10 } },
    });
    expect(await alice.closed).toEqual({ code: 1000, reason: 'Done' });
  });

  it('a failed task ends with error, then 1000', async () => {
    await start('t2');
    const alice = await watch('t2');
    await alice.nextOf('progress');
    await fixture.post('/api/v1/tasks/t2/fail', { message: 'disk full' });
    expect(await alice.nextOf('error')).toMatchObject({
      data: { task_id: 't2', message: 'disk full' },
    });
    expect((await alice.closed).code).toBe(1000);
  });

  it('who comes late gets the present state first, in the middle and after the end', async () => {
    await start('t3');
    await fixture.post('/api/v1/tasks/t3/progress', { message: 'Half', step: 2, progress: 50 });
    const middle = await watch('t3');
    await middle.nextOf('connected');
    expect(await middle.nextJson()).toMatchObject({ type: 'progress', data: { progress: 50 } });
    await fixture.post('/api/v1/tasks/t3/complete', {});
    await middle.closed;
    const late = await watch('t3');
    expect(await late.nextJson()).toMatchObject({ type: 'connected' });
    expect(await late.nextJson()).toMatchObject({ type: 'completed', data: { task_id: 't3' } });
    expect(await late.closed).toEqual({ code: 1000, reason: 'Done' });
  });

  it('heartbeats come while nothing happens', async () => {
    await start('t4');
    const alice = await watch('t4');
    await alice.nextOf('progress');
    expect(await alice.nextJson()).toEqual({ type: 'heartbeat' });
    expect(await alice.nextJson()).toEqual({ type: 'heartbeat' });
  });

  it('every connection of the owner is told, and a watcher of another task is not', async () => {
    await start('t5');
    await start('t6');
    const watchers = [await watch('t5'), await watch('t5')];
    const other = await watch('t6');
    for (const client of [...watchers, other]) await client.nextOf('progress');
    await fixture.post('/api/v1/tasks/t5/complete', {});
    for (const client of watchers) expect((await client.closed).code).toBe(1000);
    await fixture.post('/api/v1/tasks/t6/progress', { message: 'on', progress: 10 });
    expect(await other.nextOf('progress')).toMatchObject({ data: { task_id: 't6' } });
  });

  it.each([
    ['of somebody else', 't7', 'mallory'],
    ['that is unknown', 'unknown', 'alice'],
  ])('a task %s: 1008 "Not found"', async (_what, id, sub) => {
    if (id === 't7') await start('t7');
    const client = await watch(id, sub);
    expect(await client.closed).toEqual({ code: 1008, reason: 'Not found' });
    expect(client.unread).toEqual([]);
  });

  it('without a token: 1008 "Unauthorized"', async () => {
    const client = await fixture.connect('/api/ws/tasks/t1');
    expect(await client.closed).toEqual({ code: 1008, reason: 'Unauthorized' });
  });
});
