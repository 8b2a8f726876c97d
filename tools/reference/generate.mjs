// The API reference in docs/reference, a page for each entry of a package, from the TSDoc of the
// sources. TypeDoc needs TypeScript's JavaScript API, which version 7 has not: hence a workspace of its own.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { Application } from 'typedoc';

const root = join(import.meta.dirname, '..', '..');
const pages = join(root, 'docs', 'reference');
const isCheck = process.argv.includes('--check');

/** Page, title and source of each entry; the folder is what TypeDoc names it by. */
const ENTRIES = [
  ['client.md', '@carillon/client', 'client/src/index.ts'],
  ['client-ui.md', '@carillon/client/ui', 'client/src/ui/index.ts'],
  ['react.md', '@carillon/react', 'react/src/index.ts'],
  ['vue.md', '@carillon/vue', 'vue/src/index.ts'],
  ['server.md', '@carillon/server', 'server/src/index.ts'],
];

const app = await Application.bootstrapWithPlugins({
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: ENTRIES.map(([, , source]) => join(root, 'packages', source)),
  basePath: join(root, 'packages'),
  tsconfig: join(import.meta.dirname, 'tsconfig.json'),
  readme: 'none',
  skipErrorChecking: true,
  disableSources: true,
  excludeInternal: true,
  excludeExternals: true,
  outputFileStrategy: 'modules',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  logLevel: 'Error',
});
const project = await app.convert();
if (project === undefined) process.exit(1);

const out = mkdtempSync(join(tmpdir(), 'carillon-reference-'));
app.options.setValue('outputs', [{ name: 'markdown', path: out }]);
await app.generateOutputs(project);
const stale = ENTRIES.filter((entry) => !isUpToDate(entry));
rmSync(out, { recursive: true });
if (stale.length > 0) {
  process.stderr.write('docs/reference is not up to date; run npm run docs:reference\n');
  process.exit(1);
}

/** Where TypeDoc writes an entry. */
function madeFrom(source) {
  return source.replace('/index.ts', '.md');
}

function pageOf(made) {
  return ENTRIES.find(([, , source]) => madeFrom(source) === made)?.[0] ?? made;
}

/** TypeDoc numbers the anchors of some headings that are the only ones of their name: without the number they lead there. */
function mended(text) {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replaceAll(/[^\w-]/g, ''),
  );
  return text.replaceAll(/\]\(#([a-z]+)-(\d+)\)/g, (link, name, number) => {
    const others = headings.filter((heading) => heading === name).length;
    const isThere = others > Number(number) || text.includes(`id="${name}-${number}"`);
    return isThere ? link : `](#${name})`;
  });
}

/** Writes the page, or only looks with `--check`. */
function isUpToDate([page, title, source]) {
  const made = madeFrom(source);
  const folder = posix.dirname(made);
  const [, ...rest] = readFileSync(join(out, made), 'utf8')
    .replaceAll(/\]\(([\w./-]+\.md)/g, (_, target) => `](${pageOf(posix.join(folder, target))}`)
    .split('\n');
  const text = `<!-- Made by \`npm run docs:reference\` from the sources; edit those instead. -->\n\n# ${title}\n${mended(rest.join('\n'))}`;
  const path = join(pages, page);
  if (isCheck) return existsSync(path) && readFileSync(path, 'utf8') === text;
  mkdirSync(pages, { recursive: true });
  writeFileSync(path, text);
  return true;
}
