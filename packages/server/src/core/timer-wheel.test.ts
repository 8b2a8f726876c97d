import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../testkit/src/fake-clock.ts';
import { TimerWheel, WHEEL_TICK_MS, WheelCallback } from './timer-wheel.ts';

describe('timer wheel', () => {
  it('[SES16] nothing is early, and nothing more than a tick late', async () => {
    const plan = fc.array(fc.record({ at: fc.nat(30_000), delay: fc.nat(200_000) }), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(plan, async (entries) => {
        const clock = createFakeClock();
        const wheel = new TimerWheel(clock);
        const late: number[] = [];
        for (const { at, delay } of entries) {
          await clock.advance(at % 500);
          const dueMs = clock.monotonic() + delay;
          wheel.schedule(new WheelCallback(() => late.push(clock.monotonic() - dueMs)), delay);
        }
        await clock.advance(250_000);
        expect(late).toHaveLength(entries.length);
        for (const each of late) {
          expect(each).toBeGreaterThanOrEqual(0);
          expect(each).toBeLessThanOrEqual(WHEEL_TICK_MS);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('a cancelled or moved entry fires once, at its last time', async () => {
    const clock = createFakeClock();
    const wheel = new TimerWheel(clock);
    const fired: [string, number][] = [];
    const entry = (name: string) => new WheelCallback(() => fired.push([name, clock.monotonic()]));
    const [cancelled, moved] = [entry('cancelled'), entry('moved')];
    wheel.schedule(cancelled, 1_000);
    wheel.schedule(moved, 1_000);
    wheel.schedule(moved, 2_000);
    wheel.cancel(cancelled);
    wheel.cancel(cancelled);
    await clock.advance(5_000);
    expect(fired).toEqual([['moved', 2_000]]);
    expect(wheel.size).toBe(0);
  });

  it('handlers may cancel and schedule others of the same moment', async () => {
    const clock = createFakeClock();
    const wheel = new TimerWheel(clock);
    const fired: string[] = [];
    const victims = ['a', 'b'].map((name) => new WheelCallback(() => fired.push(name)));
    for (const victim of victims) wheel.schedule(victim, 1_000);
    const again: WheelCallback = new WheelCallback(() => {
      fired.push('again');
      for (const victim of victims) wheel.cancel(victim);
      if (fired.length < 3) wheel.schedule(again, 1_000);
    });
    wheel.schedule(again, 1_000);
    await clock.advance(10_000);
    expect(fired.filter((each) => each === 'again').length).toBeGreaterThanOrEqual(1);
    expect(wheel.size).toBe(0);
  });

  it('an idle wheel has no timer', async () => {
    const clock = createFakeClock();
    const wheel = new TimerWheel(clock);
    expect(clock.pendingTimers).toBe(0);
    wheel.schedule(new WheelCallback(() => {}), 300);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(1_000);
    expect(clock.pendingTimers).toBe(0);
  });

  it('[SES7] a stall moves all deadlines, a busy moment does not', async () => {
    const clock = createFakeClock();
    const wheel = new TimerWheel(clock);
    const fired: number[] = [];
    wheel.schedule(new WheelCallback(() => fired.push(clock.monotonic())), 5_000);
    await clock.advance(1_000);
    clock.stall(30_000);
    await clock.advance(500);
    expect(fired).toEqual([]);
    await clock.advance(3_700);
    expect(fired).toHaveLength(1);
    wheel.schedule(new WheelCallback(() => fired.push(clock.monotonic())), 2_000);
    await clock.advance(1_000);
    clock.stall(900);
    await clock.advance(200);
    expect(fired).toHaveLength(2);
  });
});
