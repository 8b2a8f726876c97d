/**
 * One timer for everything that waits: heartbeats, deadlines of connections, expiring
 * subscriptions, leave graces, deferred broker work. Scheduling and cancelling are O(1) and
 * allocate nothing; a timeout per connection would cost both memory and wake-ups.
 *
 * Deadlines are rounded up to `WHEEL_TICK_MS`, so nothing is ever early. Time in which the whole
 * process stood still (suspended, starved) does not count: after it, clients that could not be
 * heard would all seem to be silent.
 */
import type { Clock } from '../ports/clock.ts';

export const WHEEL_TICK_MS = 100;
const SLOTS = 1024;
/** Later than this is a stall of the process, not a busy tick. */
const STALL_MS = 1_000;

/** Something with a deadline. Scheduled at most once at a time. */
export abstract class WheelEntry {
  /** Set by the wheel; -1: not scheduled. */
  dueTick = -1;
  next: WheelEntry | undefined = undefined;
  previous: WheelEntry | undefined = undefined;

  abstract handleTimer(): void;
}

/** For the rare deadlines that have no object of their own. */
export class WheelCallback extends WheelEntry {
  readonly #callback: () => void;

  constructor(callback: () => void) {
    super();
    this.#callback = callback;
  }

  handleTimer(): void {
    this.#callback();
  }
}

export class TimerWheel {
  readonly #clock: Clock;
  readonly #slots: (WheelEntry | undefined)[] = Array.from({ length: SLOTS });
  readonly #due: WheelEntry[] = [];
  readonly #step = (): void => this.#advance();
  /** Monotonic time of tick 0. */
  #originMs: number;
  #tick = 0;
  #size = 0;
  #cancelStep: (() => void) | undefined;
  #isStopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#originMs = clock.monotonic();
  }

  /** Ticks since the start: a coarse clock that costs nothing to read. */
  get tick(): number {
    return this.#tick;
  }

  get size(): number {
    return this.#size;
  }

  /** The first tick that is not before `delayMs` from now. */
  tickAfter(delayMs: number): number {
    if (this.#size === 0) this.#resume();
    const elapsedMs = this.#clock.monotonic() - this.#originMs;
    return Math.max(this.#tick + 1, Math.ceil((elapsedMs + delayMs) / WHEEL_TICK_MS));
  }

  schedule(entry: WheelEntry, delayMs: number): void {
    this.scheduleAt(entry, this.tickAfter(delayMs));
  }

  scheduleAt(entry: WheelEntry, tick: number): void {
    if (entry.dueTick >= 0) this.cancel(entry);
    entry.dueTick = Math.max(tick, this.#tick + 1);
    const slot = entry.dueTick % SLOTS;
    const head = this.#slots[slot];
    entry.next = head;
    if (head !== undefined) head.previous = entry;
    this.#slots[slot] = entry;
    this.#size += 1;
    if (this.#cancelStep === undefined) this.#arm();
  }

  cancel(entry: WheelEntry): void {
    if (entry.dueTick < 0) return;
    const slot = entry.dueTick % SLOTS;
    if (entry.previous !== undefined) entry.previous.next = entry.next;
    else if (this.#slots[slot] === entry) this.#slots[slot] = entry.next;
    if (entry.next !== undefined) entry.next.previous = entry.previous;
    entry.next = undefined;
    entry.previous = undefined;
    entry.dueTick = -1;
    this.#size -= 1;
  }

  /** For good: whatever is scheduled from now on never comes. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelStep?.();
    this.#cancelStep = undefined;
  }

  #arm(): void {
    if (this.#isStopped) return;
    const nextAtMs = this.#originMs + (this.#tick + 1) * WHEEL_TICK_MS;
    const delayMs = Math.max(0, nextAtMs - this.#clock.monotonic());
    this.#cancelStep = this.#clock.after(delayMs, this.#step);
  }

  /** An idle wheel has no timer and does not count; it goes on from the tick where it stopped. */
  #resume(): void {
    if (this.#cancelStep !== undefined) return;
    this.#originMs = this.#clock.monotonic() - this.#tick * WHEEL_TICK_MS;
  }

  #advance(): void {
    this.#cancelStep = undefined;
    const elapsedMs = this.#clock.monotonic() - this.#originMs;
    const lateMs = elapsedMs - (this.#tick + 1) * WHEEL_TICK_MS;
    if (lateMs > STALL_MS) this.#originMs += lateMs;
    const target = lateMs > STALL_MS ? this.#tick + 1 : Math.floor(elapsedMs / WHEEL_TICK_MS);
    while (this.#tick < target) {
      this.#tick += 1;
      this.#fireSlot();
    }
    if (this.#size > 0 && this.#cancelStep === undefined) this.#arm();
  }

  #fireSlot(): void {
    const due = this.#due;
    let entry = this.#slots[this.#tick % SLOTS];
    for (; entry !== undefined; entry = entry.next) {
      if (entry.dueTick <= this.#tick) due.push(entry);
    }
    // A handler may cancel or move another entry of this slot, so each is looked at again.
    for (const each of due) {
      if (each.dueTick < 0 || each.dueTick > this.#tick) continue;
      this.cancel(each);
      each.handleTimer();
    }
    due.length = 0;
  }
}
