/** Puts a run's tables between the two marks of docs/benchmarks.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { renderBars, renderFigures, renderMachine } from './report.ts';
import type { Results } from './results.ts';

const START = '<!-- figures: written by `npm run bench -- --write-docs` -->';
const END = '<!-- /figures -->';
const file = new URL('../../docs/benchmarks.md', import.meta.url);

export function writeDocs(results: Results): void {
  const text = readFileSync(file, 'utf8');
  const from = text.indexOf(START);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw new Error('docs/benchmarks.md has lost its figure marks');
  const figures = results.rows.map(
    (row) => `### ${row.row}: ${row.title}\n\n${renderFigures(row)}`,
  );
  const parts = [START, renderMachine(results), renderBars(results.rows), ...figures];
  writeFileSync(file, `${text.slice(0, from)}${parts.join('\n\n')}\n\n${text.slice(to)}`);
}
