/**
 * Copies an embedded store into PostgreSQL, table by table, batch by batch, and checks at the end
 * that everything is there. May be interrupted at any moment and started again.
 */
import { COPIED_TABLES } from './copied-tables.ts';
import type { CopiedTable, ExtentOf } from './copied-tables.ts';
import { openCopySource } from './copy-source.ts';
import type { CopySource } from './copy-source.ts';
import { openCopyTarget } from './copy-target.ts';
import type { CopyTarget } from './copy-target.ts';

const EXTENTS_AT_ONCE = 5000;

export interface CopyOptions {
  /** Database file of the embedded store. */
  readonly from: string;
  /** `postgresql://…` of an empty database. */
  readonly to: string;
  /** After every batch, and once at the beginning. */
  readonly onProgress: (progress: CopyProgress) => void;
  /** Ends the copy after the present batch. */
  readonly signal?: AbortSignal;
}

export interface CopyProgress {
  readonly table: CopiedTable['name'];
  readonly copiedRows: number;
  readonly totalRows: number;
  readonly isResumed: boolean;
}

export interface CopyReport {
  /** Rows per table, the same on both sides. */
  readonly counts: ReadonlyMap<string, number>;
  readonly isResumed: boolean;
}

/**
 * @throws Error when it may not or cannot be done, or when the check fails; AbortError on `signal`
 */
export async function copyStore(options: CopyOptions): Promise<CopyReport> {
  const source = await openCopySource(options.from);
  try {
    const target = await openCopyTarget(options.to, source.fingerprint);
    try {
      await copyTables(source, target, options);
      const differences = await findDifferences(source, target);
      if (differences.length > 0) {
        throw new Error(
          `the copy differs from its source: ${differences.join('; ')}; ` +
            'nobody can start on it; make the target database anew and copy again',
        );
      }
      await target.finish(source.lastOutboxId);
      return { counts: source.counts, isResumed: target.isResumed };
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
}

async function copyTables(
  source: CopySource,
  target: CopyTarget,
  { onProgress, signal }: CopyOptions,
): Promise<void> {
  const { isResumed } = target;
  const totalRows = [...source.counts.values()].reduce((sum, count) => sum + count, 0);
  let copiedRows = 0;
  for (const table of COPIED_TABLES) {
    let { rows: done, lastKey } = await target.progress(table);
    copiedRows += done;
    onProgress({ table: table.name, copiedRows, totalRows, isResumed });
    for (;;) {
      signal?.throwIfAborted();
      const rows = source.read(table, lastKey);
      const last = rows.at(-1);
      if (last === undefined) break;
      lastKey = table.key.map((column) => last[column] ?? '');
      done += rows.length;
      await target.write(table, rows, { rows: done, lastKey });
      copiedRows += rows.length;
      onProgress({ table: table.name, copiedRows, totalRows, isResumed });
    }
  }
}

async function findDifferences(source: CopySource, target: CopyTarget): Promise<string[]> {
  const differences: string[] = [];
  for (const table of COPIED_TABLES) {
    const expected = source.counts.get(table.name) ?? 0;
    const found = await target.count(table);
    if (found !== expected) differences.push(`${table.name} has ${found} rows of ${expected}`);
  }
  for (const kind of ['conversation', 'inbox'] as const) {
    const difference = await findExtentDifference(source, target, kind);
    if (difference !== undefined) differences.push(difference);
  }
  return differences;
}

/** Conversation by conversation, inbox by inbox: how many rows, and up to which seq. */
async function findExtentDifference(
  source: CopySource,
  target: CopyTarget,
  kind: ExtentOf,
): Promise<string | undefined> {
  for (let after = ''; ;) {
    const expected = source.extents(kind, after, EXTENTS_AT_ONCE);
    const found = await target.extents(kind, after, EXTENTS_AT_ONCE);
    for (const [index, want] of expected.entries()) {
      const have = found[index];
      const isSame =
        have?.id === want.id &&
        have.last_seq === want.last_seq &&
        have.rows === want.rows &&
        have.max_seq === want.max_seq;
      if (!isSame)
        return `${kind} ${want.id} goes up to ${have?.max_seq ?? 0}, not ${want.max_seq}`;
    }
    const last = expected.at(-1);
    if (last === undefined) return undefined;
    after = last.id;
  }
}
