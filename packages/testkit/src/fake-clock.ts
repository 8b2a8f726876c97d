/** Time that moves only when a test says so. Both clocks run together unless `setWallClock` parts them. */
import type { Clock } from '../../server/src/ports/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

export interface FakeClock extends Clock {
  /** Runs what was deferred, and what that defers, with all promises in between, until nothing is left. */
  settle(): Promise<void>;
  /** Moves time on, stopping at each timer on the way; settles before, between and after. */
  advance(ms: number): Promise<void>;
  /** Jumps without running anything on the way, as for a process that was suspended. */
  stall(ms: number): void;
  /** Moves the wall clock alone. */
  shiftWallClock(ms: number): void;
  readonly pendingTimers: number;
}

export function createFakeClock(startMs = 1_800_000_000_000): FakeClock {
  return new ManualClock(startMs);
}

class ManualClock implements FakeClock {
  #wallStartMs: number;
  #elapsedMs = 0;
  #order = 0;
  readonly #timers: Timer[] = [];
  #deferred: (() => void)[] = [];

  constructor(startMs: number) {
    this.#wallStartMs = startMs;
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }

  now(): number {
    return this.#wallStartMs + this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    this.#order += 1;
    const timer = { atMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#order, callback };
    const place = this.#timers.findIndex((other) => other.atMs > timer.atMs);
    if (place < 0) this.#timers.push(timer);
    else this.#timers.splice(place, 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback);
  }

  async settle(): Promise<void> {
    await microtasks();
    while (this.#deferred.length > 0) {
      const callbacks = this.#deferred;
      this.#deferred = [];
      for (const callback of callbacks) callback();
      await microtasks();
    }
  }

  async advance(ms: number): Promise<void> {
    await this.settle();
    const untilMs = this.#elapsedMs + ms;
    for (;;) {
      const next = this.#timers[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#timers.shift();
      this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
      next.callback();
      await this.settle();
    }
    this.#elapsedMs = untilMs;
    await this.settle();
  }

  stall(ms: number): void {
    this.#elapsedMs += ms;
  }

  shiftWallClock(ms: number): void {
    this.#wallStartMs += ms;
  }
}

/** A macrotask of the real loop: every promise that can settle without it has settled. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
