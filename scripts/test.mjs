// npm test: installs what is missing, then everything: types, lint, format, dead code, spec rules,
// build, and all tests. The last line is `N passed, N failed, N skipped`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPrograms } from './programs.mjs';
import { installIfNeeded, node, run, say, sourceFlags } from './workspace.mjs';

installIfNeeded();
const { notRun, excluded } = installPrograms();

// The build comes first: lint looks through package exports, and an old dist would mislead it.
const checks = [
  { name: 'build', command: node, args: ['scripts/build.mjs'] },
  { name: 'types', command: node, args: ['scripts/typecheck.mjs'] },
  { name: 'lint', command: 'npm', args: ['run', '--silent', 'lint'] },
  { name: 'format', command: 'npm', args: ['run', '--silent', 'format:check'] },
  { name: 'dead code', command: 'npm', args: ['run', '--silent', 'knip'] },
  { name: 'spec rules', command: node, args: [...sourceFlags, 'scripts/check-spec.ts'] },
  {
    name: 'generated docs',
    command: node,
    args: [...sourceFlags, 'scripts/generate-docs.ts', '--check'],
  },
  {
    name: 'API reference',
    command: 'npm',
    args: ['run', '--silent', 'docs:reference', '--', '--check'],
  },
];

const totals = { passed: 0, failed: 0, skipped: 0 };
for (const { name, command, args } of checks) {
  const began = Date.now();
  const code = await run(command, args);
  say(`${code === 0 ? '✓' : '✗'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  totals[code === 0 ? 'passed' : 'failed'] += 1;
}

const folder = mkdtempSync(join(tmpdir(), 'carillon-test-'));
const report = join(folder, 'report.json');
const code = await run('vitest', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...excluded.flatMap((pattern) => ['--exclude', pattern]),
  ...process.argv.slice(2),
]);
addReport();
rmSync(folder, { recursive: true, force: true });

for (const line of notRun) say(`NOT RUN: ${line}`);
if (process.env.CI === 'true' && (totals.skipped > 0 || notRun.length > 0)) {
  say('In CI nothing may be skipped.');
  totals.failed += 1;
}
say(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 ? 0 : 1);

function addReport() {
  if (!existsSync(report)) {
    totals.failed += 1;
    return;
  }
  const result = JSON.parse(readFileSync(report, 'utf8'));
  totals.passed += result.numPassedTests;
  totals.failed += result.numFailedTests;
  totals.skipped += result.numPendingTests + (result.numTodoTests ?? 0);
  // A file that could not be loaded, an error outside any test, or no test at all is a failure too.
  if (result.numTotalTests === 0 || (code !== 0 && result.numFailedTests === 0)) totals.failed += 1;
}
