/** What the tests of the documentation read in a page: fenced blocks, headings, links. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** README.md and everything under docs, as paths from the root. */
export function documents(): string[] {
  const pages = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  return [
    'README.md',
    ...pages.filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`),
  ];
}

export const readDocument = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export interface Block {
  readonly language: string;
  /** `title="server.mjs"` behind the language: the file that it is, or the terminal it is typed into. */
  readonly title: string;
  readonly code: string;
  readonly line: number;
}

const FENCE = /^```(\w*)(?: title="([^"]*)")?\n([\s\S]*?)^```$/gm;

export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(FENCE)].map(
    ({ index, 1: language = '', 2: title = '', 3: code = '' }) => ({
      language,
      title,
      code,
      line: markdown.slice(0, index).split('\n').length,
    }),
  );
}

export interface Link {
  readonly target: string;
  readonly line: number;
}

/** Links and pictures to somewhere in the repository, outside of code. */
export function linksOf(markdown: string): Link[] {
  const blank = (code: string): string => code.replaceAll(/[^\n]/g, ' ');
  const text = markdown
    .replaceAll(/^ *```[\s\S]*?^ *```$/gm, blank)
    .replaceAll(/`[^`\n]*`/g, blank);
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(({ index, 1: target = '' }) => ({
      target,
      line: text.slice(0, index).split('\n').length,
    }))
    .filter(({ target }) => !/^[a-z]+:/.test(target));
}

/** The fragments that a page answers to: of its headings, as GitHub makes them, and those it names itself. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  const text = markdown.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
  for (const [, heading = ''] of text.matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '').replaceAll(' ', '-');
    let name = anchor;
    for (let again = 1; anchors.has(name); again += 1) name = `${anchor}-${again}`;
    anchors.add(name);
  }
  for (const [, id = ''] of text.matchAll(/<a id="([^"]+)">/g)) anchors.add(id);
  return anchors;
}
