/** `npm run bench`: measures the rows, prints them, keeps them in bench/results. See docs/benchmarks.md. */
import { writeDocs } from './docs.ts';
import type { System } from './load/dialects.ts';
import { describeMachine } from './machine.ts';
import { parseOptions, ROW_IDS, USAGE, type BenchOptions, type RowId } from './options.ts';
import { renderBars, renderFigures, renderMachine } from './report.ts';
import { newestResults, saveResults } from './results.ts';
import { connecting } from './rows/connect.ts';
import { durableChat } from './rows/durable-chat.ts';
import { fanOut } from './rows/fan-out.ts';
import { groups } from './rows/groups.ts';
import { jitter } from './rows/jitter.ts';
import { idleCpu, idleMemory } from './rows/idle.ts';
import { clientSize } from './rows/size.ts';
import { twoNodes } from './rows/two-nodes.ts';
import { workers } from './rows/workers.ts';
import { verdictOf, type RowOptions, type RowReport } from './rows/row.ts';

const ROWS: Readonly<Record<RowId, (options: RowOptions) => Promise<RowReport>>> = {
  P1: fanOut,
  P2: idleMemory,
  P3: connecting,
  P4: durableChat,
  P5: jitter,
  P7: groups,
  P8: twoNodes,
  P10: clientSize,
  P11: idleCpu,
  W1: workers,
};

const ALL_SYSTEMS: readonly System[] = ['carillon', 'socket-io', 'ws'];

async function measure(options: BenchOptions): Promise<void> {
  const machine = describeMachine();
  const systems = options.isOursOnly ? ALL_SYSTEMS.slice(0, 1) : ALL_SYSTEMS;
  const { rounds, isQuick, profileDir } = options;
  const rows: RowReport[] = [];
  for (const id of options.rows) {
    console.error(`${id}, ${rounds} rounds …`);
    const row = await ROWS[id]({ rounds, isQuick, systems, profileDir });
    console.log(`\n### ${row.row}: ${row.title}\n\n${renderFigures(row)}\n`);
    rows.push(row);
  }
  const results = { date: new Date().toISOString(), rounds, isQuick, machine, rows };
  console.log(`${renderMachine(results)}\n\n${renderBars(rows)}`);
  const file = saveResults(results);
  if (file !== undefined) console.log(`\nKept in ${file}`);
  const missed = rows.flatMap((row) => row.results).filter((one) => verdictOf(one) === 'missed');
  if (missed.length > 0) process.exitCode = 1;
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') return console.log(USAGE);
  if (!options.writesDocs) return measure(options);
  const results = newestResults(ROW_IDS);
  if (results === undefined) throw new Error('no results with all rows in bench/results yet');
  writeDocs(results);
}

await main();
