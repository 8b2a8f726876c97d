/** Takes finished rows out of the outbox, many in one transaction. */
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { OutboxStore } from '../../ports/outbox-store.ts';

/** One transaction's worth. */
const BATCH = 500;

/** While the store cannot save, no more ids than this are remembered; the rest is relayed once more. */
const MAX_WAITING = 100_000;

export interface Completions {
  add(id: number): void;
  /** Writes everything that was added so far. Never rejects. */
  flush(): Promise<void>;
}

export interface CompletionsDeps {
  readonly outbox: OutboxStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly afterMs: number;
  /** While the store refuses. */
  readonly retryMs: number;
  /** The rows are gone from the store, or given up here. */
  readonly onDone: (ids: readonly number[]) => void;
}

export function createCompletions(deps: CompletionsDeps): Completions {
  let waiting: number[] = [];
  let cancel: (() => void) | undefined;
  let writing: Promise<void> = Promise.resolve();

  const arm = (delayMs: number): void => {
    cancel ??= deps.clock.after(delayMs, () => {
      cancel = undefined;
      void flush();
    });
  };

  const write = async (ids: readonly number[]): Promise<void> => {
    try {
      await deps.outbox.complete(ids);
      deps.onDone(ids);
    } catch (error) {
      deps.logger.warn({ error: String(error), rows: ids.length }, 'outbox rows not completed yet');
      if (waiting.length + ids.length > MAX_WAITING) deps.onDone(ids);
      else waiting.push(...ids);
    }
  };

  const writeAll = async (): Promise<void> => {
    const all = waiting;
    waiting = [];
    for (let from = 0; from < all.length; from += BATCH) {
      await write(all.slice(from, from + BATCH));
    }
    if (waiting.length > 0) arm(deps.retryMs);
  };

  const flush = (): Promise<void> => {
    cancel?.();
    cancel = undefined;
    writing = writing.then(writeAll);
    return writing;
  };

  return {
    add(id) {
      waiting.push(id);
      if (waiting.length === BATCH) void flush();
      else arm(deps.afterMs);
    },
    flush,
  };
}
