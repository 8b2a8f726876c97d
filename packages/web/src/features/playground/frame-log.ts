/**
 * What went over the line, bounded: the oldest frames go first. Told at most once in 50 ms, so that
 * a thousand frames a second are drawn twenty times, not a thousand.
 */
import type { Frame } from './frame.ts';

export interface LogLimits {
  readonly maxFrames: number;
  readonly maxBytes: number;
}

export const DEFAULT_LOG_LIMITS: LogLimits = { maxFrames: 5_000, maxBytes: 8 * 1024 * 1024 };

export interface LogSnapshot {
  readonly frames: readonly Frame[];
  /** How many had to go. */
  readonly dropped: number;
}

const EMPTY: LogSnapshot = { frames: [], dropped: 0 };
const TELL_EVERY_MS = 50;

export class FrameLog {
  readonly #limits: LogLimits;
  readonly #listeners = new Set<() => void>();
  #frames: Frame[] = [];
  #bytes = 0;
  #dropped = 0;
  #nextId = 1;
  #snapshot: LogSnapshot = EMPTY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limits: LogLimits = DEFAULT_LOG_LIMITS) {
    this.#limits = limits;
  }

  readonly getSnapshot = (): LogSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(frame: Omit<Frame, 'id'>): void {
    this.#frames.push({ id: this.#nextId++, ...frame });
    this.#bytes += frame.bytes;
    this.#trim();
    this.#timer ??= setTimeout(() => this.flush(), TELL_EVERY_MS);
  }

  clear(): void {
    this.#frames = [];
    this.#bytes = 0;
    this.#dropped = 0;
    this.flush();
  }

  /** Tells now what has come since the last time. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#snapshot = { frames: this.#frames.slice(), dropped: this.#dropped };
    for (const listener of this.#listeners) listener();
  }

  #trim(): void {
    const { maxFrames, maxBytes } = this.#limits;
    let excess = Math.max(0, this.#frames.length - maxFrames);
    let bytes = this.#bytes;
    for (const frame of this.#frames.slice(0, excess)) bytes -= frame.bytes;
    while (bytes > maxBytes && excess < this.#frames.length - 1) {
      bytes -= this.#frames[excess]?.bytes ?? 0;
      excess += 1;
    }
    if (excess === 0) return;
    this.#frames.splice(0, excess);
    this.#bytes = bytes;
    this.#dropped += excess;
  }
}
