/**
 * Writes one channel's publications in the order they came. What comes while a write is under way
 * leaves together in the next one, so a busy channel needs no round trip per publication. One with
 * an idempotency key travels alone: JetStream recognises its repetition, on whatever node.
 */
import type { Publication } from '@carillon/protocol';
import type { PublishOptions, PublishResult } from '../../ports/broker.ts';
import type { RecordHead } from './channel-record.ts';
import type { Addition, ChannelLog } from './channel-log.ts';

export interface Waiting {
  readonly publication: Publication;
  readonly options: PublishOptions;
  /** Known to JetStream: `options.idempotencyKey` in the shape of a message id. */
  readonly messageId?: string | undefined;
  resolve(result: PublishResult): void;
  reject(error: unknown): void;
}

export interface AppenderOptions {
  readonly log: ChannelLog;
  /** Makes sure that the stream keeps what the channel wants. */
  prepare(options: PublishOptions): Promise<void>;
  readonly batchIds: () => string;
  readonly maxBatchBytes: number;
}

const MAX_BATCH = 100;
const MAX_ATTEMPTS = 200;

export class ChannelAppender {
  readonly #options: AppenderOptions;
  readonly #queue: Waiting[] = [];
  #isRunning = false;
  /** Under way; its echo may come before its acknowledgement. */
  #batch: { readonly id: string; readonly confirm: (head: RecordHead) => void } | undefined;

  constructor(options: AppenderOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return !this.#isRunning;
  }

  push(waiting: Waiting): void {
    this.#queue.push(waiting);
    if (!this.#isRunning) void this.#run();
  }

  /** One of the channel's records went by: it may be ours. */
  handleRecord(head: RecordHead): void {
    if (this.#batch?.id === head.batchId) this.#batch.confirm(head);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // What was published in this tick leaves together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#nextBatch();
      try {
        await this.#write(batch);
      } catch (error) {
        for (const waiting of batch) waiting.reject(error);
      }
    }
    this.#isRunning = false;
  }

  #nextBatch(): readonly Waiting[] {
    const { maxBatchBytes } = this.#options;
    const batch: Waiting[] = [];
    let bytes = 0;
    for (const waiting of this.#queue) {
      const size = waiting.publication.data.length * 3;
      const isAlone = waiting.messageId !== undefined;
      if (batch.length > 0 && (isAlone || bytes + size > maxBatchBytes)) break;
      batch.push(waiting);
      bytes += size;
      if (isAlone || batch.length >= MAX_BATCH) break;
    }
    this.#queue.splice(0, batch.length);
    return batch;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    const id = this.#options.batchIds();
    const echoed = new Promise<RecordHead>((confirm) => {
      this.#batch = { id, confirm };
    });
    try {
      await this.#options.prepare(first.options);
      const written = this.#append(additionOf(batch, id));
      const { head, isDuplicate } = await Promise.race([
        written,
        echoed.then((head) => ({ head, isDuplicate: false })),
      ]);
      settle(batch, head, isDuplicate);
    } finally {
      this.#batch = undefined;
    }
  }

  async #append(
    addition: Addition,
  ): Promise<{ head: RecordHead | undefined; isDuplicate: boolean }> {
    const { log } = this.#options;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const result = await log.append(addition);
      if (result.type === 'written') return { head: result.head, isDuplicate: false };
      if (result.type === 'duplicate') {
        return { head: await log.headAt(result.seq), isDuplicate: true };
      }
    }
    throw new Error('a publication could not be written, others were always faster');
  }
}

function additionOf(batch: readonly Waiting[], batchId: string): Addition {
  const { options, messageId } = batch[0] ?? { options: {} };
  return {
    publications: batch.map(({ publication }) => publication),
    historySize: options.historySize ?? 0,
    historyTtlMs: options.historyTtlMs ?? 0,
    batchId,
    ...(messageId === undefined ? {} : { messageId }),
  };
}

/** The head is missing where the first publication of a repeated key has left the history already. */
function settle(batch: readonly Waiting[], head: RecordHead | undefined, duplicate: boolean): void {
  for (const [index, waiting] of batch.entries()) {
    const offset = (head?.top ?? 0) - (batch.length - 1 - index);
    waiting.resolve(
      head === undefined ? { duplicate } : { duplicate, position: { epoch: head.epoch, offset } },
    );
  }
}
