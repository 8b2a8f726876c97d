/**
 * Lists that all nodes write together: one record per key in JetStream, changed only onto the one
 * that was read, so that of two that race one looks again. Each line belongs to a node, and those
 * of dead nodes do not count.
 *
 * This node's own lines are kept here too: they are written again when NATS was away, and once in
 * a while, because records nobody touches for a day are forgotten.
 */
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { NatsLink } from './nats-link.ts';
import type { NodeTable } from './node-table.ts';
import { RecordStream } from './record-stream.ts';
import { subjectToken } from './subject-token.ts';
import { Turnstile } from './turnstile.ts';

export interface SharedLinesDependencies {
  readonly link: NatsLink;
  readonly nodes: NodeTable;
  readonly prefix: string;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Line<T> {
  readonly node: string;
  readonly id: string;
  readonly item: T;
}

interface Page<T> {
  /** 0: nothing is written. */
  readonly seq: number;
  readonly lines: readonly Line<T>[];
}

interface OwnLines<T> {
  readonly items: Map<string, T>;
  /** Monotonic ms of the last writing. */
  writtenMs: number;
}

const DAY_MS = 24 * 60 * 60_000;
const SWEEP_MS = 30_000;
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_WRITES_AT_ONCE = 64;
const MAX_ATTEMPTS = 200;

export class SharedLines<T> {
  readonly #dependencies: SharedLinesDependencies;
  readonly #subjects: string;
  readonly #stream: RecordStream;
  readonly #writes = new Turnstile(MAX_WRITES_AT_ONCE);
  readonly #own = new Map<string, OwnLines<T>>();
  /** Keys whose record may not say what this node has. */
  readonly #unsettled = new Set<string>();
  #started: Promise<void> | undefined;
  #endReturned: (() => void) | undefined;
  #cancelSweep: (() => void) | undefined;

  /** @param name of the stream and the subjects, after the prefix. */
  constructor(name: string, dependencies: SharedLinesDependencies) {
    this.#dependencies = dependencies;
    const { link, prefix } = dependencies;
    this.#subjects = `${prefix}.${name}`;
    this.#stream = new RecordStream(
      link,
      {
        name: `${prefix}-${name}`,
        subjects: `${this.#subjects}.*`,
        storage: 'file',
        maxBytes: MAX_BYTES,
      },
      { perSubject: 1, maxAgeMs: DAY_MS },
    );
  }

  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  /**
   * @param decide is given all other lines, and gives those that stay; undefined: nothing is added.
   * @returns what `decide` gave. Rejects when NATS cannot say; then nothing was added here.
   */
  async add(
    key: string,
    line: { readonly id: string; readonly item: T },
    decide: (others: readonly Line<T>[]) => readonly Line<T>[] | undefined,
  ): Promise<readonly Line<T>[] | undefined> {
    // Known as ours first, so that nobody who settles this key meanwhile strikes it out.
    this.#remember(key, line.id, line.item);
    let kept: readonly Line<T>[] | undefined;
    try {
      kept = await this.#write(key, { ...line, node: this.#dependencies.nodeId }, decide);
    } catch (error) {
      this.#forget(key, line.id);
      this.#unsettled.add(key);
      throw error;
    }
    if (kept === undefined) this.#forget(key, line.id);
    return kept;
  }

  /** Added without NATS; written down when it is back. */
  addLater(key: string, id: string, item: T): void {
    this.#remember(key, id, item);
    this.#unsettled.add(key);
  }

  /** @returns how many lines are left. Rejects when NATS cannot say; it is written down later then. */
  async remove(key: string, id: string): Promise<number> {
    this.#forget(key, id);
    this.#unsettled.add(key);
    return this.#agree(key);
  }

  /** As `remove`, for who waits for nothing. A line that is not there costs nothing. */
  removeLater(key: string, id: string): void {
    if (!this.#forget(key, id)) return;
    void this.#settle(key);
  }

  async close(): Promise<void> {
    this.#endReturned?.();
    this.#cancelSweep?.();
    for (const key of this.#own.keys()) this.#unsettled.add(key);
    this.#own.clear();
    if (this.#dependencies.link.isUp) await this.#settleAll();
  }

  async #start(): Promise<void> {
    this.#endReturned = this.#dependencies.link.onReturned(() => {
      this.#stream.recheck();
      for (const key of this.#own.keys()) this.#unsettled.add(key);
      void this.#settleAll();
    });
    await this.#stream.ensure();
    this.#sweepLater();
  }

  #remember(key: string, id: string, item: T): void {
    const own = this.#own.get(key);
    if (own !== undefined) own.items.set(id, item);
    else this.#own.set(key, { items: new Map([[id, item]]), writtenMs: 0 });
  }

  #forget(key: string, id: string): boolean {
    const own = this.#own.get(key);
    if (own?.items.delete(id) !== true) return false;
    if (own.items.size === 0) this.#own.delete(key);
    return true;
  }

  async #write(
    key: string,
    line: Line<T>,
    decide: (others: readonly Line<T>[]) => readonly Line<T>[] | undefined,
  ): Promise<readonly Line<T>[] | undefined> {
    // Most keys have no other line: that costs one round trip.
    let page: Page<T> = { seq: 0, lines: [] };
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const kept = decide(page.lines.filter(({ id }) => id !== line.id));
      if (kept === undefined) return undefined;
      if (await this.#replace(key, page.seq, [...kept, line])) return kept;
      page = await this.#read(key);
    }
    throw new Error('a line could not be written, others were always faster');
  }

  async #settleAll(): Promise<void> {
    await Promise.all([...this.#unsettled].map((key) => this.#settle(key)));
  }

  async #settle(key: string): Promise<void> {
    try {
      await this.#writes.pass(() => this.#agree(key));
    } catch (error) {
      this.#dependencies.logger.debug({ err: error }, 'what this node has could not be written');
    }
  }

  /** Makes the record say of this node what this node has. Stays unsettled when NATS is away. */
  async #agree(key: string): Promise<number> {
    const { nodeId: node } = this.#dependencies;
    this.#unsettled.add(key);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const page = await this.#read(key);
      const own = [...(this.#own.get(key)?.items ?? [])].map(([id, item]) => ({ node, id, item }));
      const lines = [...page.lines.filter((each) => each.node !== node), ...own];
      const isNothing = page.seq === 0 && lines.length === 0;
      this.#unsettled.delete(key);
      if (isNothing || (await this.#replace(key, page.seq, lines))) return lines.length;
      this.#unsettled.add(key);
    }
    throw new Error('a line could not be removed, others were always faster');
  }

  /** Without those whose node is dead. */
  async #read(key: string): Promise<Page<T>> {
    const stored = await this.#stream.last(this.#subjectOf(key));
    if (stored === undefined) return { seq: 0, lines: [] };
    const lines = JSON.parse(Buffer.from(stored.data).toString()) as readonly Line<T>[];
    const { nodes } = this.#dependencies;
    return { seq: stored.seq, lines: lines.filter(({ node }) => nodes.isAlive(node)) };
  }

  /** False: somebody was faster. */
  async #replace(key: string, seq: number, lines: readonly Line<T>[]): Promise<boolean> {
    if (lines.length === 0) return this.#stream.remove(seq);
    const subject = this.#subjectOf(key);
    const result = await this.#stream.write(subject, JSON.stringify(lines), { onto: seq });
    const own = this.#own.get(key);
    if (own !== undefined) own.writtenMs = this.#dependencies.clock.monotonic();
    return result.type === 'written';
  }

  #subjectOf(key: string): string {
    return `${this.#subjects}.${subjectToken(key)}`;
  }

  #sweepLater(): void {
    const { clock, link } = this.#dependencies;
    this.#cancelSweep = clock.after(SWEEP_MS, () => {
      const beforeMs = clock.monotonic() - DAY_MS / 2;
      for (const [key, { writtenMs }] of this.#own) {
        if (writtenMs < beforeMs) this.#unsettled.add(key);
      }
      if (link.isUp) void this.#settleAll();
      this.#sweepLater();
    });
  }
}
