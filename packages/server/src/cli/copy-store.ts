/** `carillon copy-store`: moves an embedded store to PostgreSQL. Ctrl-C ends it where it can go on. */
import { copyStore } from '../adapters/store-sql/copy/copy-store.ts';
import type { CommandLine } from './command-line.ts';
import { createProgressLine } from './progress-line.ts';
import { print, printError } from './terminal.ts';

const EXAMPLE =
  'for example: carillon copy-store --from data/carillon.db --to postgresql://user:password@host/database';

export async function copyStoreCommand(line: CommandLine): Promise<number> {
  const { from, to = process.env['DATABASE_URL'] } = line;
  const problem = problemOf(from, to);
  if (from === undefined || to === undefined || problem !== undefined) {
    printError(`carillon copy-store: ${problem}; ${EXAMPLE}`);
    return 2;
  }
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const progress = createProgressLine(process.stdout, () => performance.now());
  try {
    const { counts } = await copyStore({
      from,
      to,
      signal: interrupt.signal,
      onProgress: (now) => progress.show(now),
    });
    progress.end();
    print(
      'Checked: rows of every table, and the last message of every conversation, are the same.',
    );
    for (const [table, rows] of counts) print(`  ${table.padEnd(14)}${String(rows).padStart(12)}`);
    print('Now set DATABASE_URL and start the server; keep the old file until you are content.');
    return 0;
  } catch (error) {
    progress.end();
    if (!interrupt.signal.aborted) throw error;
    print('Stopped. The same command goes on where it was.');
    return 1;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function problemOf(from: string | undefined, to: string | undefined): string | undefined {
  if (from === undefined || from === '') return 'say what to copy with --from';
  if (to === undefined || to === '') return 'say where to with --to, or set DATABASE_URL';
  if (!/^postgres(?:ql)?(?:\+[a-z0-9_]+)?:\/\//i.test(to)) {
    return '--to is not a PostgreSQL URL';
  }
  return undefined;
}
