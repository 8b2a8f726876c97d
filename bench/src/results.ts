/** The results file: one JSON per run in bench/results, newest first when read back. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Machine } from './machine.ts';
import type { RowReport } from './rows/row.ts';

export interface Results {
  readonly date: string;
  readonly rounds: number;
  readonly isQuick: boolean;
  readonly machine: Machine;
  readonly rows: readonly RowReport[];
}

const directory = fileURLToPath(new URL('../results/', import.meta.url));

/** Returns the file's path. Quick looks are not kept. */
export function saveResults(results: Results): string | undefined {
  if (results.isQuick) return undefined;
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${results.date.slice(0, 16).replace(':', '')}.json`);
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  return file;
}

/** The newest run that holds all these rows. */
export function newestResults(rows: readonly string[]): Results | undefined {
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
  return files
    .toSorted()
    .toReversed()
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as Results)
    .find((results) => rows.every((id) => results.rows.some(({ row }) => row === id)));
}
