/**
 * Names and memory of channels: their subjects, the stream of each namespace, and where the channels
 * stood that this node read or wrote last. Forgetting one costs a question to NATS, nothing else.
 */
import type { PublishOptions } from '../../ports/broker.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import { ChannelAppender } from './channel-appender.ts';
import { ChannelLog } from './channel-log.ts';
import type { RecordHead } from './channel-record.ts';
import type { NatsLimits } from './nats-engine-options.ts';
import type { NatsLink } from './nats-link.ts';
import { RecordStream } from './record-stream.ts';
import { subjectToken } from './subject-token.ts';

export interface KnownChannel {
  readonly name: string;
  readonly log: ChannelLog;
  readonly appender: ChannelAppender;
}

export interface ChannelSubjects {
  /** Where JetStream saves. */
  readonly kept: string;
  /** Where JetStream recognises keys of what is not kept. */
  readonly passing: string;
  /** Where nodes listen. */
  readonly live: string;
}

export interface ChannelBookDependencies {
  readonly link: NatsLink;
  readonly prefix: string;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: NatsLimits;
}

/** Beside publications a channel's records carry its position on: at its begin, after a removal, when it gets old. */
const POSITION_RECORDS = 2;
/** Room for headers and for what a publication has beside its data. */
const BATCH_SHARE = 0.5;

export class ChannelBook {
  readonly #dependencies: ChannelBookDependencies;
  readonly #streams = new Map<string, RecordStream>();
  /** Used longest ago first. */
  readonly #channels = new Map<string, KnownChannel>();
  #batches = 0;

  constructor(dependencies: ChannelBookDependencies) {
    this.#dependencies = dependencies;
  }

  subjects(channel: string): ChannelSubjects {
    const { prefix } = this.#dependencies;
    const name = `${subjectToken(namespaceOf(channel))}.${subjectToken(channel)}`;
    return {
      kept: `${prefix}.h.${name}`,
      passing: `${prefix}.e.${name}`,
      live: `${prefix}.l.${name}`,
    };
  }

  known(name: string): KnownChannel {
    const known = this.#channels.get(name) ?? this.#open(name);
    this.#channels.delete(name);
    this.#channels.set(name, known);
    return known;
  }

  /** A record of the channel went by. */
  handleRecord(name: string, seq: number, head: RecordHead): void {
    const known = this.#channels.get(name);
    known?.log.adopt(seq, head);
    known?.appender.handleRecord(head);
  }

  recheck(): void {
    for (const stream of this.#streams.values()) stream.recheck();
  }

  clear(): void {
    this.#channels.clear();
    this.#streams.clear();
  }

  #open(name: string): KnownChannel {
    this.#makeRoom();
    const { clock, random, limits, link, nodeId } = this.#dependencies;
    const stream = this.#streamOf(namespaceOf(name));
    const { positionTtlMs } = limits;
    const log = new ChannelLog(this.subjects(name).kept, { stream, clock, random, positionTtlMs });
    const appender = new ChannelAppender({
      log,
      prepare: (options) => stream.ensure(this.#limitsFor(options)),
      batchIds: () => {
        this.#batches += 1;
        return `${nodeId}.${this.#batches.toString(36)}`;
      },
      maxBatchBytes: link.maxPayload * BATCH_SHARE,
    });
    return { name, log, appender };
  }

  #makeRoom(): void {
    if (this.#channels.size < this.#dependencies.limits.maxKnownChannels) return;
    for (const [name, { appender }] of this.#channels) {
      if (!appender.isIdle) continue;
      this.#channels.delete(name);
      return;
    }
  }

  #limitsFor({ historySize = 0, historyTtlMs = 0 }: PublishOptions) {
    const { positionTtlMs } = this.#dependencies.limits;
    return {
      perSubject: historySize + POSITION_RECORDS,
      maxAgeMs: Math.max(positionTtlMs, 2 * historyTtlMs),
    };
  }

  #streamOf(namespace: string): RecordStream {
    const known = this.#streams.get(namespace);
    if (known !== undefined) return known;
    const { link, prefix, limits } = this.#dependencies;
    const token = subjectToken(namespace);
    const stream = new RecordStream(
      link,
      {
        name: `${prefix}-history-${token}`,
        subjects: `${prefix}.h.${token}.>`,
        republish: { src: `${prefix}.h.${token}.>`, dest: `${prefix}.l.${token}.>` },
        storage: 'file',
        maxBytes: limits.maxHistoryBytes,
        duplicateWindowMs: limits.idempotencyTtlMs,
      },
      this.#limitsFor({}),
    );
    this.#streams.set(namespace, stream);
    return stream;
  }
}

/** What stands before the first colon. */
const namespaceOf = (channel: string): string => {
  const colon = channel.indexOf(':');
  return colon < 0 ? '' : channel.slice(0, colon);
};
