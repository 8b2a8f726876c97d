/** Takes away, now and then, what crashes left and what no message took. One process of an installation does it. */
import type { Clock } from '../../ports/clock.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Logger } from '../../ports/logger.ts';
import type { UploadStore } from '../../ports/upload-store.ts';
import type { UploadLimits } from './upload-limits.ts';

export interface UploadSweep {
  /** Resolves when what crashes left is gone; `isAlone`: nobody else can be writing yet. */
  start(isAlone: boolean): Promise<void>;
  stop(): void;
  /** One round, bounded. Answers how many files are gone; never rejects. */
  run(): Promise<number>;
}

export interface UploadSweepDeps {
  readonly store: UploadStore;
  readonly files: FileStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: UploadLimits;
}

export function createUploadSweep(deps: UploadSweepDeps): UploadSweep {
  const { clock, logger, limits } = deps;
  let cancel: (() => void) | undefined;
  const run = (): Promise<number> => round(limits.unfinishedAfterMs);
  const round = async (unfinishedAfterMs: number): Promise<number> => {
    try {
      const unfinished = await deps.files.removeUnfinished(unfinishedAfterMs);
      const unused = await removeUnused(deps);
      if (unfinished + unused > 0) logger.info({ unfinished, unused }, 'uploads swept');
      return unfinished + unused;
    } catch (error) {
      // Store or folder are away; the next round finds the same.
      logger.warn({ err: error }, 'uploads could not be swept');
      return 0;
    }
  };
  const schedule = (delayMs: number): void => {
    cancel = clock.after(delayMs, () => {
      void run().then(() => {
        if (cancel !== undefined) schedule(limits.sweepIntervalMs);
      });
    });
  };
  return {
    async start(isAlone) {
      await round(isAlone ? 0 : limits.unfinishedAfterMs);
      schedule(limits.sweepIntervalMs);
    },
    stop() {
      cancel?.();
      cancel = undefined;
    },
    run,
  };
}

/** Dropped in the store first, so that no message takes a file that is about to go. */
async function removeUnused({ store, files, clock, limits }: UploadSweepDeps): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < limits.sweepBatches; batch += 1) {
    const before = clock.now() - limits.unusedAfterMs;
    const ids = await store.dropUnused(before, limits.sweepBatch);
    for (const id of ids) await files.remove(id);
    if (ids.length > 0) await store.removeDropped(ids);
    removed += ids.length;
    if (ids.length < limits.sweepBatch) break;
  }
  return removed;
}
