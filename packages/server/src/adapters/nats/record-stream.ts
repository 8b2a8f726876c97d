/**
 * A JetStream stream as a table of records: each subject has a newest record, and a new one is
 * written only onto the one the writer knows (compare and set by sequence). All that must be atomic
 * across nodes stands on this. Creates the stream where it is missing, also when it went missing
 * later. It has one replica: with several, nats-server 2.9 lets two writers onto the same record
 * (docs/decisions), and a replica that lags behind answers reads.
 */
import { jetstreamManager, RetentionPolicy, StorageType, DiscardPolicy } from '@nats-io/jetstream';
import { JetStreamApiError } from '@nats-io/jetstream';
import type { JetStreamManager, StoredMsg, StreamConfig } from '@nats-io/jetstream';
import { headers } from '@nats-io/nats-core';
import { NatsSilentError } from './nats-link.ts';
import type { NatsLink } from './nats-link.ts';
import { Turnstile } from './turnstile.ts';

export interface RecordStreamOptions {
  readonly name: string;
  /** One wildcard subject. */
  readonly subjects: string;
  /** Each record, once saved, is published here too: `source.>` becomes `destination.>`. */
  readonly republish?: { readonly src: string; readonly dest: string };
  readonly storage: 'file' | 'memory';
  readonly maxBytes: number;
  readonly duplicateWindowMs?: number;
}

/** Grows on demand, never shrinks by itself. */
export interface RecordLimits {
  readonly perSubject: number;
  readonly maxAgeMs: number;
}

export interface StoredRecord {
  readonly seq: number;
  readonly data: Uint8Array;
}

export type WriteResult =
  | { readonly type: 'written' | 'duplicate'; readonly seq: number }
  /** Another record is the newest, or none. */
  | { readonly type: 'conflict' };

interface Acknowledgement {
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly err_code?: number; readonly description?: string };
}

const WRONG_LAST_SEQUENCE = 10071;
const STREAM_EXISTS_DIFFERENTLY = 10058;
const NOT_ENOUGH_MEMORY = 10028;
const NOT_ENOUGH_STORAGE = 10047;
const MIN_BYTES = 256 * 1024;
const NANOS_PER_MS = 1_000_000;
/** Of JetStream itself. */
const DUPLICATE_WINDOW_MS = 120_000;
const MAX_READS_AT_ONCE = 256;
const MAX_READ_ATTEMPTS = 5;

type Purpose = 'read' | 'manage';
const TIMEOUTS_MS: Readonly<Record<Purpose, number>> = { read: 1_000, manage: 5_000 };

export class RecordStream {
  readonly #link: NatsLink;
  readonly #options: RecordStreamOptions;
  readonly #reads = new Turnstile(MAX_READS_AT_ONCE);
  #limits: RecordLimits;
  readonly #managers = new Map<Purpose, Promise<JetStreamManager>>();
  #ensured: Promise<void> | undefined;

  constructor(link: NatsLink, options: RecordStreamOptions, limits: RecordLimits) {
    this.#link = link;
    this.#options = options;
    this.#limits = limits;
  }

  /** Makes sure that the stream is there and keeps at least so much. */
  ensure(limits: RecordLimits = this.#limits): Promise<void> {
    const { perSubject, maxAgeMs } = this.#limits;
    if (limits.perSubject > perSubject || limits.maxAgeMs > maxAgeMs) {
      this.#limits = {
        perSubject: Math.max(limits.perSubject, perSubject),
        maxAgeMs: Math.max(limits.maxAgeMs, maxAgeMs),
      };
      this.#ensured = undefined;
    }
    if (this.#ensured === undefined) {
      const ensured = this.#prepare();
      this.#ensured = ensured;
      ensured.catch(() => this.recheck());
    }
    return this.#ensured;
  }

  /** The next use looks again whether the stream is there: NATS was away, or has lost it. */
  recheck(): void {
    this.#ensured = undefined;
  }

  /** The newest record of a subject. */
  last(subject: string): Promise<StoredRecord | undefined> {
    return this.#read({ last_by_subj: subject });
  }

  /** The record at `seq`, where it is (still) one of this subject. */
  async at(seq: number, subject: string): Promise<StoredRecord | undefined> {
    return this.#read({ seq }, subject);
  }

  /**
   * @param onto sequence of the subject's newest record, 0 for none; undefined writes in any case.
   * Rejects when the outcome is not known.
   */
  async write(
    subject: string,
    data: Uint8Array | string,
    options: { readonly onto?: number; readonly messageId?: string },
  ): Promise<WriteResult> {
    const fields = headers();
    const { onto, messageId } = options;
    if (onto !== undefined) fields.set('Nats-Expected-Last-Subject-Sequence', String(onto));
    if (messageId !== undefined) fields.set('Nats-Msg-Id', messageId);
    const answer = await this.#withStream(() =>
      this.#link.request(subject, data, { headers: fields }),
    );
    const { error, seq = 0, duplicate } = answer.json<Acknowledgement>();
    if (error?.err_code === WRONG_LAST_SEQUENCE) return { type: 'conflict' };
    if (error !== undefined) throw new Error(`JetStream refused a record: ${error.description}`);
    return { type: duplicate === true ? 'duplicate' : 'written', seq };
  }

  /** Removes the record at `seq`. False: it is gone already, for a newer one took its place. */
  async remove(seq: number): Promise<boolean> {
    const manager = await this.#jetStream();
    try {
      return await this.#link.untilLost(
        () => manager.streams.deleteMessage(this.#options.name, seq, false),
        `delete in ${this.#options.name}`,
      );
    } catch (error) {
      if (error instanceof JetStreamApiError) return false;
      throw error;
    }
  }

  /** Removes the subject's records before `seq`. */
  async purgeBefore(subject: string, seq: number): Promise<void> {
    const manager = await this.#jetStream();
    await this.#link.untilLost(
      () => manager.streams.purge(this.#options.name, { filter: subject, seq }),
      `purge in ${this.#options.name}`,
    );
  }

  async #read(
    query: { seq: number } | { last_by_subj: string },
    subject?: string,
  ): Promise<StoredRecord | undefined> {
    const message = await this.#reads.pass(() => this.#withStream(() => this.#ask(query)));
    if (message === null || (subject !== undefined && message.subject !== subject))
      return undefined;
    return { seq: message.seq, data: message.data };
  }

  /** A stream that is just being made may swallow a question (nats-server 2.9), so it is asked again. */
  async #ask(query: { seq: number } | { last_by_subj: string }): Promise<StoredMsg | null> {
    const { name } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const manager = await this.#jetStream('read');
      try {
        return await this.#link.untilLost<StoredMsg | null>(
          () => manager.direct.getMessage(name, query),
          `read in ${name}`,
        );
      } catch (error) {
        if (!(error instanceof NatsSilentError) || attempt === MAX_READ_ATTEMPTS) throw error;
      }
    }
  }

  /** A stream that is gone is made again, once. */
  async #withStream<T>(ask: () => Promise<T>): Promise<T> {
    await this.ensure();
    try {
      return await ask();
    } catch (error) {
      if (!this.#link.isUp || !isMissing(error)) throw error;
      this.recheck();
      await this.ensure();
      return ask();
    }
  }

  async #prepare(): Promise<void> {
    await this.#create();
    // Another node may be making it at this moment: it takes records once it answers questions.
    await this.#ask({ last_by_subj: this.#options.subjects.replace(/[>*]$/u, '-') });
  }

  async #create(): Promise<void> {
    const manager = await this.#jetStream();
    let config = configOf(this.#options, this.#limits);
    for (;;) {
      try {
        await this.#link.untilLost(() => manager.streams.add(config), `create ${config.name}`);
        return;
      } catch (error) {
        const code = error instanceof JetStreamApiError ? error.code : 0;
        if (code === STREAM_EXISTS_DIFFERENTLY) return this.#grow(manager, config);
        // JetStream reserves what a stream may take; a small disk gets smaller histories.
        const isTooBig = code === NOT_ENOUGH_STORAGE || code === NOT_ENOUGH_MEMORY;
        if (!isTooBig || config.max_bytes < MIN_BYTES) throw error;
        config = { ...config, max_bytes: Math.floor(config.max_bytes / 4) };
      }
    }
  }

  async #grow(manager: JetStreamManager, wanted: StreamConfig): Promise<void> {
    const { config } = await this.#link.untilLost(
      () => manager.streams.info(wanted.name),
      `ask for ${wanted.name}`,
    );
    const perSubject = Math.max(config.max_msgs_per_subject, wanted.max_msgs_per_subject);
    const maxAge = Math.max(config.max_age, wanted.max_age);
    this.#limits = { perSubject, maxAgeMs: Math.ceil(maxAge / NANOS_PER_MS) };
    if (perSubject === config.max_msgs_per_subject && maxAge === config.max_age) return;
    await this.#link.untilLost(
      () =>
        manager.streams.update(wanted.name, {
          ...config,
          max_msgs_per_subject: perSubject,
          max_age: maxAge,
        }),
      `change ${wanted.name}`,
    );
  }

  #jetStream(purpose: Purpose = 'manage'): Promise<JetStreamManager> {
    const known = this.#managers.get(purpose);
    if (known !== undefined) return known;
    const timeout = TIMEOUTS_MS[purpose];
    const manager = jetstreamManager(this.#link.connection, { checkAPI: false, timeout });
    this.#managers.set(purpose, manager);
    manager.catch(() => this.#managers.delete(purpose));
    return manager;
  }
}

function configOf(
  options: RecordStreamOptions,
  limits: RecordLimits,
): StreamConfig & { name: string } {
  const { name, subjects, republish, storage, maxBytes } = options;
  const { duplicateWindowMs = DUPLICATE_WINDOW_MS } = options;
  return {
    name,
    subjects: [subjects],
    retention: RetentionPolicy.Limits,
    storage: storage === 'file' ? StorageType.File : StorageType.Memory,
    discard: DiscardPolicy.Old,
    num_replicas: 1,
    max_bytes: maxBytes,
    max_msgs_per_subject: limits.perSubject,
    max_age: limits.maxAgeMs * NANOS_PER_MS,
    duplicate_window: Math.min(duplicateWindowMs, limits.maxAgeMs) * NANOS_PER_MS,
    allow_direct: true,
    ...(republish === undefined ? {} : { republish }),
  } as StreamConfig & { name: string };
}

/** Nobody listens where the stream should, or JetStream says that there is none. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === 'NoRespondersError' ||
    error.name === 'StreamNotFoundError' ||
    isMissing(error.cause)
  );
}
