import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explanationOf } from './explanation.ts';

const ERRORS_PAGE = join(import.meta.dirname, '../../../../../docs/errors.md');

describe('codes', () => {
  test('every code of docs/errors.md is explained by itself', async () => {
    const page = await readFile(ERRORS_PAGE, 'utf8');
    const kinds = ['error', 'close', 'close', 'unsubscribe'] as const;
    const missing = page
      .split('\n## ')
      .slice(1)
      .flatMap((section, index) =>
        [...section.matchAll(/^\| (\d+) \| `?([^|`]*?)`? \|/gm)].map(([, code, reason]) => {
          const kind = kinds[index] ?? 'close';
          const key = explanationOf({ kind, code: Number(code), reason: reason ?? '' });
          return key?.startsWith(`${kind}.${code}`) === true ? '' : `${kind}.${code} ${reason}`;
        }),
      )
      .filter((line) => line !== '');
    expect(missing).toEqual([]);
  });

  test('one code with several reasons is explained by its reason', () => {
    expect(explanationOf({ kind: 'close', code: 1008, reason: 'Server is full' })).toBe(
      'close.1008.server-is-full',
    );
    expect(explanationOf({ kind: 'close', code: 1008, reason: '' })).toBe('close.1008');
  });

  test("a backend's own code is told by its range", () => {
    expect(explanationOf({ kind: 'close', code: 4501, reason: '' })).toBe('close.final');
    expect(explanationOf({ kind: 'close', code: 4001, reason: '' })).toBe('close.again');
    expect(explanationOf({ kind: 'http', code: 502, reason: '' })).toBe('http.500');
    expect(explanationOf({ kind: 'error', code: 999, reason: '' })).toBeUndefined();
  });
});
