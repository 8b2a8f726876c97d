import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import type { Task } from '../../ports/task-store.ts';
import { createProgressThrottle } from './progress-throttle.ts';

const INTERVAL_MS = 100;

const task = (id: string, version: number): Task => ({
  id,
  owner: 'alice',
  status: 'running',
  message: '',
  step: 0,
  totalSteps: 0,
  progress: 0,
  isCancelRequested: false,
  chunkCount: 0,
  version,
  createdAt: 0,
  updatedAt: 0,
});

function watched() {
  const clock = createFakeClock();
  const told: { id: string; version: number; at: number }[] = [];
  const held = new Set<number>();
  const settled = new Set<number>();
  const throttle = createProgressThrottle({
    clock,
    intervalMs: INTERVAL_MS,
    tell: (state) => {
      told.push({ id: state.task.id, version: state.task.version, at: clock.monotonic() });
    },
    hold: (outboxId) => void held.add(outboxId),
    settle: (outboxId) => void settled.add(outboxId),
  });
  const offer = (id: string, version: number): void =>
    throttle.offer({ task: task(id, version), outboxId: version });
  return { clock, told, held, settled, throttle, offer };
}

describe('the progress throttle', () => {
  it('tells the first at once and the newest when the interval is over', async () => {
    const { clock, told, offer, settled } = watched();
    for (const version of [1, 2, 3, 4]) offer('t', version);
    expect(told.map(({ version }) => version)).toEqual([1]);
    await clock.advance(INTERVAL_MS);
    expect(told.map(({ version }) => version)).toEqual([1, 4]);
    expect([...settled]).toEqual([2, 3]);
  });

  it('leaves no timer behind when all tasks are quiet or finished', async () => {
    const { clock, offer, throttle } = watched();
    for (let id = 0; id < 1_000; id++) offer(`t${id}`, 1);
    expect(clock.pendingTimers).toBe(1);
    for (let id = 0; id < 1_000; id++) throttle.finish(`t${id}`);
    await clock.advance(INTERVAL_MS);
    expect(clock.pendingTimers).toBe(0);
  });

  it('tells what waits before the end of a task, and on flush', () => {
    const { told, offer, throttle } = watched();
    for (const version of [1, 2]) offer('ends', version);
    throttle.finish('ends');
    for (const version of [1, 2]) offer('drains', version);
    throttle.flush();
    throttle.flush();
    expect(told.map(({ id, version }) => `${id} ${version}`)).toEqual([
      'ends 1',
      'ends 2',
      'drains 1',
      'drains 2',
    ]);
  });

  it('at most one per task and interval, versions rising, the last one never dropped, no row forgotten', async () => {
    const event = fc.record({ task: fc.constantFrom('a', 'b', 'c'), pauseMs: fc.nat(60) });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 60 }), async (events) => {
        const { clock, told, offer, settled } = watched();
        const last = new Map<string, number>();
        let version = 0;
        for (const { task: id, pauseMs } of events) {
          offer(id, ++version);
          last.set(id, version);
          await clock.advance(pauseMs);
        }
        await clock.advance(INTERVAL_MS);
        for (const [id, newest] of last) {
          const mine = told.filter((one) => one.id === id);
          expect(mine.at(-1)?.version).toBe(newest);
          for (const [index, one] of mine.entries()) {
            const before = mine[index - 1];
            if (before === undefined) continue;
            expect(one.at - before.at).toBeGreaterThanOrEqual(INTERVAL_MS);
            expect(one.version).toBeGreaterThan(before.version);
          }
        }
        expect(told.length + settled.size).toBe(version);
        await clock.advance(INTERVAL_MS);
        expect(clock.pendingTimers).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
