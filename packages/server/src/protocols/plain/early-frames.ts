/** What a client says while its token is still being checked: kept in order, and never much. */
import type { PlainLimits } from './plain-limits.ts';

export type Frame = string | Uint8Array;

export class EarlyFrames {
  readonly #limits: PlainLimits;
  #frames: Frame[] = [];
  #bytes = 0;

  constructor(limits: PlainLimits) {
    this.#limits = limits;
  }

  /** False when there is no room: the frame is not kept. */
  add(frame: Frame): boolean {
    const { maxEarlyFrames, maxEarlyBytes } = this.#limits;
    const bytes = this.#bytes + frame.length;
    if (this.#frames.length >= maxEarlyFrames || bytes > maxEarlyBytes) return false;
    this.#frames.push(frame);
    this.#bytes = bytes;
    return true;
  }

  /** All of them, once. */
  take(): readonly Frame[] {
    const frames = this.#frames;
    this.#frames = [];
    this.#bytes = 0;
    return frames;
  }
}
