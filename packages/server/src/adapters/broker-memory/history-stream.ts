/** One channel's history: a bounded list of publications with consecutive offsets, newest last. */
import type { Publication, StreamPosition } from '@carillon/protocol';
import type { HistoryPage, HistoryQuery, PublishOptions } from '../../ports/broker.ts';

/** What a publication costs beside its text: objects, offsets, list slot. */
const PUBLICATION_OVERHEAD_BYTES = 160;

export class HistoryStream {
  readonly epoch: string;
  #publications: Publication[] = [];
  #topOffset = 0;
  /** Monotonic ms; the whole history ends at once, a while after the last publication. */
  #expiresAtMs: number;
  bytes = 0;

  constructor(epoch: string, nowMs: number) {
    this.epoch = epoch;
    this.#expiresAtMs = nowMs;
  }

  get position(): StreamPosition {
    return { epoch: this.epoch, offset: this.#topOffset };
  }

  get isEmpty(): boolean {
    return this.#publications.length === 0;
  }

  get expiresAtMs(): number {
    return this.#expiresAtMs;
  }

  append(publication: Publication, options: PublishOptions, nowMs: number): Publication {
    this.expire(nowMs);
    this.#topOffset += 1;
    const stored = { ...publication, offset: this.#topOffset };
    this.#publications.push(stored);
    this.bytes += sizeOf(stored);
    while (this.#publications.length > (options.historySize ?? 0)) this.#dropOldest();
    this.#expiresAtMs = nowMs + (options.historyTtlMs ?? Number.POSITIVE_INFINITY);
    return stored;
  }

  /** Drops what has outlived its time; the position stays. */
  expire(nowMs: number): void {
    if (this.#publications.length > 0 && nowMs >= this.#expiresAtMs) this.clear();
  }

  clear(): void {
    this.#publications = [];
    this.bytes = 0;
  }

  read(query: HistoryQuery): HistoryPage {
    return { position: this.position, publications: this.#select(query) };
  }

  #select(query: HistoryQuery): readonly Publication[] {
    if (query.limit === 0) return [];
    const { since, limit } = query;
    const first = this.#topOffset - this.#publications.length + 1;
    if (query.reverse === true) {
      const end =
        since === undefined ? this.#publications.length : Math.max(0, since.offset - first);
      const older = this.#publications.slice(0, end).reverse();
      return limit < 0 ? older : older.slice(0, limit);
    }
    const start = since === undefined ? 0 : Math.max(0, since.offset + 1 - first);
    return this.#publications.slice(start, limit < 0 ? undefined : start + limit);
  }

  #dropOldest(): void {
    const oldest = this.#publications.shift();
    if (oldest !== undefined) this.bytes -= sizeOf(oldest);
  }
}

const sizeOf = (publication: Publication): number =>
  publication.data.length + PUBLICATION_OVERHEAD_BYTES;
