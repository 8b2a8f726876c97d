/**
 * One channel's saved publications. JetStream numbers a stream, not a channel, so each record
 * carries the channel's own offset and epoch, and is written only onto the newest record there is:
 * of several nodes that write at once one wins, the others look again. What is read shows exactly
 * what was won, in that order (docs/decisions).
 *
 * A record that is gone although it was seen (JetStream lost what it had not synced) begins a new
 * epoch; so does a channel of which nothing is left.
 */
import type { Publication } from '@carillon/protocol';
import type { HistoryPage, HistoryQuery } from '../../ports/broker.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import { decodeRecord, encodeRecord } from './channel-record.ts';
import type { ChannelRecord, RecordHead } from './channel-record.ts';
import { readBack, selectPage } from './history-window.ts';
import type { HistoryWindow } from './history-window.ts';
import type { RecordStream, WriteResult } from './record-stream.ts';

/** Where a channel stands. */
export interface Tip {
  /** Sequence of the newest record, 0: there is none. */
  readonly seq: number;
  readonly head: RecordHead;
  /** False: the head begins an epoch that is not true before somebody has written it. */
  readonly isWritten: boolean;
}

export interface ChannelLogDependencies {
  readonly stream: RecordStream;
  readonly clock: Clock;
  readonly random: Random;
  /** A position older than half of this is written again, so that it does not age away. */
  readonly positionTtlMs: number;
}

export interface Addition {
  /** Offsets are given by the log. */
  readonly publications: readonly Publication[];
  readonly historySize: number;
  readonly historyTtlMs: number;
  readonly batchId: string;
  readonly messageId?: string;
}

/** So many earlier sequences stand in each record; reading back takes one round per so many. */
const MAX_PREVIOUS = 20;
const MAX_ATTEMPTS = 100;

export class ChannelLog {
  readonly subject: string;
  readonly #dependencies: ChannelLogDependencies;
  #tip: Tip | undefined;
  #reading: Promise<unknown> = Promise.resolve();
  #nextReading: { after: number; readonly window: Promise<HistoryWindow> } | undefined;

  constructor(subject: string, dependencies: ChannelLogDependencies) {
    this.subject = subject;
    this.#dependencies = dependencies;
  }

  /** A record went by: the next one is written onto it. */
  adopt(seq: number, head: RecordHead): void {
    const known = this.#tip;
    const isNewer = known === undefined || seq > known.seq;
    if (isNewer || head.epoch !== known.head.epoch) this.#tip = { seq, head, isWritten: true };
  }

  /**
   * Writes onto the newest record this node knows of. `conflict`: somebody else was faster, and
   * this node knows their record now.
   */
  async append(addition: Addition): Promise<WriteResult & { readonly head: RecordHead }> {
    const tip = this.#tip ?? (await this.#lookAgain()).tip;
    const { publications, messageId, ...changes } = addition;
    const nowMs = this.#dependencies.clock.now();
    const changed = { ...changes, top: tip.head.top + publications.length, publishedAt: nowMs };
    return this.#write(tip, { publications, changes: changed, messageId });
  }

  /** What is known of the record at `seq`; undefined where it is gone. */
  async headAt(seq: number): Promise<RecordHead | undefined> {
    const stored = await this.#dependencies.stream.at(seq, this.subject);
    return stored === undefined ? undefined : decodeRecord(stored.data)?.head;
  }

  /** As NATS has it now. A channel nobody has published to is given an epoch, for all nodes the same. */
  async read(query: HistoryQuery): Promise<HistoryPage> {
    const from = query.reverse === true ? 0 : (query.since?.offset ?? 0);
    const window = await this.#window(query.limit === 0 ? Number.POSITIVE_INFINITY : from);
    return selectPage(window, query);
  }

  /** Forgets what was published; the position stays. */
  async clear(): Promise<void> {
    const { tip } = await this.#carryOn(() => true);
    await this.#dependencies.stream.purgeBefore(this.subject, tip.seq);
  }

  /** Reads of one channel that come together are one, which begins after each of them was asked for. */
  #window(after: number): Promise<HistoryWindow> {
    if (this.#nextReading !== undefined) {
      this.#nextReading.after = Math.min(this.#nextReading.after, after);
      return this.#nextReading.window;
    }
    const window = this.#reading
      .catch(() => {})
      .then(() => {
        const wanted = this.#nextReading?.after ?? after;
        this.#nextReading = undefined;
        return this.#readWindow(wanted);
      });
    this.#nextReading = { after, window };
    this.#reading = window;
    return window;
  }

  async #readWindow(after: number): Promise<HistoryWindow> {
    const { stream, clock, positionTtlMs } = this.#dependencies;
    const { tip, publications } = await this.#carryOn(
      ({ head }) => clock.now() - head.writtenAt > positionTtlMs / 2,
    );
    const newest: ChannelRecord = { head: tip.head, publications };
    return readBack(newest, { stream, subject: this.subject, after, nowMs: clock.now() });
  }

  /** The newest record, written again where it is too old, and first of all where there is none. */
  async #carryOn(
    isTooOld: (tip: Tip) => boolean,
  ): Promise<{ tip: Tip; publications: readonly Publication[] }> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const found = await this.#lookAgain();
      if (found.tip.isWritten && !isTooOld(found.tip)) return found;
      const result = await this.#write(found.tip, { publications: [], changes: { batchId: '-' } });
      if (result.type === 'written') {
        return { tip: { seq: result.seq, head: result.head, isWritten: true }, publications: [] };
      }
    }
    throw new Error('the position of a channel could not be written, others were always faster');
  }

  /** Reads the newest record. Where there is none, or an older one than was seen, an epoch begins. */
  async #lookAgain(): Promise<{ tip: Tip; publications: readonly Publication[] }> {
    const known = this.#tip;
    const stored = await this.#dependencies.stream.last(this.subject);
    const record = stored === undefined ? undefined : decodeRecord(stored.data);
    const seq = stored?.seq ?? 0;
    let tip: Tip;
    let publications: readonly Publication[] = [];
    if (record === undefined) {
      tip = { seq, head: this.#newHead({}), isWritten: false };
    } else if (known !== undefined && known.head.epoch === record.head.epoch && known.seq > seq) {
      tip = { seq, head: this.#newHead(record.head), isWritten: false };
    } else {
      tip = { seq, head: record.head, isWritten: true };
      ({ publications } = record);
    }
    // What went by meanwhile is newer than what was read.
    if (this.#tip === known) this.#tip = tip;
    return { tip, publications };
  }

  async #write(
    onto: Tip,
    next: {
      readonly publications: readonly Publication[];
      readonly changes: Partial<RecordHead>;
      readonly messageId?: string | undefined;
    },
  ): Promise<WriteResult & { readonly head: RecordHead }> {
    const { stream, clock } = this.#dependencies;
    const previous = onto.isWritten ? [onto.seq, ...onto.head.previous].slice(0, MAX_PREVIOUS) : [];
    const head = { ...onto.head, previous, writtenAt: clock.now(), ...next.changes };
    const bytes = encodeRecord({ head, publications: next.publications });
    const identity = next.messageId === undefined ? {} : { messageId: next.messageId };
    const result = await stream.write(this.subject, bytes, { onto: onto.seq, ...identity });
    if (result.type === 'written') this.adopt(result.seq, head);
    else if (result.type === 'conflict' && this.#tip === onto) await this.#lookAgain();
    return { ...result, head };
  }

  #newHead(old: Partial<RecordHead>): RecordHead {
    return {
      top: 0,
      publishedAt: 0,
      writtenAt: 0,
      historySize: 0,
      historyTtlMs: 0,
      batchId: '-',
      ...old,
      previous: [],
      epoch: this.#dependencies.random.id().replaceAll('-', '').slice(0, 12),
    };
  }
}
