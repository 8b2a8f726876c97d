/**
 * Frames that wait for a socket which does not keep up. Of frames with the same `latestKey` only
 * the newest is kept, at the newest one's place: what an older one said is outdated.
 */
import type { Frame } from './outbound-queue.ts';

export class Backlog {
  #frames: (Frame | undefined)[] = [];
  #places: Map<object, number> | undefined;
  #dropped = 0;
  bytes = 0;

  /** @returns true when an older frame gave way. */
  add(frame: Frame): boolean {
    const hasReplaced = frame.latestKey !== undefined && this.#replace(frame.latestKey);
    this.#frames.push(frame);
    this.bytes += frame.chunks[0].byteLength;
    return hasReplaced;
  }

  chunks(): readonly Uint8Array[] {
    const chunks: Uint8Array[] = [];
    for (const frame of this.#frames) if (frame !== undefined) chunks.push(frame.chunks[0]);
    return chunks;
  }

  #replace(key: object): boolean {
    this.#places ??= new Map();
    const place = this.#places.get(key);
    const older = place === undefined ? undefined : this.#frames[place];
    if (place !== undefined && older !== undefined) {
      this.bytes -= older.chunks[0].byteLength;
      this.#frames[place] = undefined;
      this.#dropped += 1;
      if (this.#dropped > 64 && this.#dropped * 2 > this.#frames.length) this.#compact();
    }
    this.#places.set(key, this.#frames.length);
    return older !== undefined;
  }

  #compact(): void {
    this.#frames = this.#frames.filter((frame) => frame !== undefined);
    this.#dropped = 0;
    this.#places = new Map();
    for (const [index, frame] of this.#frames.entries()) {
      if (frame?.latestKey !== undefined) this.#places.set(frame.latestKey, index);
    }
  }
}
