/** Links within the documentation lead somewhere. Addresses on the web are not asked. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, anchorsOf, documents, linksOf, readDocument } from './markdown.ts';

function faultOf(page: string, target: string): string | undefined {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, file))) return 'no such file';
  if (anchor === undefined || !file.endsWith('.md')) return undefined;
  return anchorsOf(readDocument(file)).has(anchor) ? undefined : 'no such heading';
}

test.each(documents())('every link of %s leads somewhere', (page) => {
  const faults = linksOf(readDocument(page)).flatMap(({ target, line }) => {
    const fault = faultOf(page, target);
    return fault === undefined ? [] : [`${page}:${line} ${target}: ${fault}`];
  });
  expect(faults).toEqual([]);
});

test('the index names every page', () => {
  const index = linksOf(readDocument('docs/README.md')).map(({ target }) => target.split('#')[0]);
  const missing = documents()
    .filter((page) => page.startsWith('docs/') && !/README|decisions/.test(page))
    .filter((page) => !index.includes(page.slice('docs/'.length)));
  expect(missing).toEqual([]);
});
