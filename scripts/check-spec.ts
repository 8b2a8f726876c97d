/**
 * Holds docs/spec.md and the tests together: every rule has a test that names it in its title, and
 * no title names a rule that does not exist. Exit code 1 and a list otherwise.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const TEST_FILES = ['packages/**/src/**/*.test.{ts,tsx}', 'e2e/**/*.test.ts'];

const RULE = /^- \*\*\[([A-Z]{3}\d+)\]\*\*/gm;
/** The first string of a call such as `it('…')`, `test.each(…)(`…`)` or `describe("…")`. */
const TITLE = /\b(?:it|test|describe)\b[^'"`\n]*\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g;
const REFERENCE = /\[([A-Z]{3}\d+)\]/g;

export interface SpecReport {
  readonly rules: number;
  readonly problems: readonly string[];
}

export function checkSpec(
  spec: string,
  tests: readonly { readonly file: string; readonly text: string }[],
): SpecReport {
  const rules = [...spec.matchAll(RULE)].map((match) => match[1] ?? '');
  const known = new Set(rules);
  const proven = new Set<string>();
  const problems = rules
    .filter((rule, index) => rules.indexOf(rule) !== index)
    .map((rule) => `docs/spec.md: [${rule}] is used for two rules`);
  for (const { file, text } of tests) {
    for (const [, , title = ''] of text.matchAll(TITLE)) {
      for (const [, rule = ''] of title.matchAll(REFERENCE)) {
        proven.add(rule);
        if (!known.has(rule)) problems.push(`${file}: "${title}" names no rule of docs/spec.md`);
      }
    }
  }
  for (const rule of known) {
    if (!proven.has(rule)) problems.push(`docs/spec.md: no test proves [${rule}]`);
  }
  return { rules: known.size, problems };
}

if (process.argv[1] === import.meta.filename) {
  const files = globSync(TEST_FILES, {
    cwd: ROOT,
    exclude: (path) => path.includes('node_modules'),
  });
  const tests = files.map((file) => ({
    file: relative(ROOT, join(ROOT, file)),
    text: readFileSync(join(ROOT, file), 'utf8'),
  }));
  const report = checkSpec(readFileSync(join(ROOT, 'docs/spec.md'), 'utf8'), tests);
  for (const problem of report.problems) console.error(problem);
  if (report.problems.length > 0) {
    console.error(`check-spec: ${report.problems.length} problem(s)`);
    process.exitCode = 1;
  } else {
    console.log(`check-spec: ${report.rules} rules, each proven by a test`);
  }
}
