import { expect, it } from 'vitest';
import { createProgressLine } from './progress-line.ts';

const at = (copiedRows: number) => ({
  table: 'message',
  copiedRows,
  totalRows: 2000,
  isResumed: false,
});

function line(isTTY: boolean) {
  const written: string[] = [];
  let now = 0;
  const output = { isTTY, write: (text: string) => written.push(text) };
  const progress = createProgressLine(output, () => now);
  return { written, progress, advance: (ms: number) => (now += ms) };
}

it('a terminal gets one line that is drawn over, with share, speed and what is left', () => {
  const { written, progress, advance } = line(true);
  progress.show(at(0));
  advance(50);
  progress.show(at(10));
  advance(950);
  progress.show(at(500));
  progress.end();
  expect(written).toHaveLength(4);
  expect(written[1]).toBe(
    '\r\u001b[K[######..................] 25 %  500 of 2,000 rows  message  500/s, about 3 s left',
  );
  expect(written.at(-1)).toBe('\n');
});

it('a file or pipe gets whole lines, few of them, and the last state', () => {
  const { written, progress, advance } = line(false);
  for (let rows = 0; rows <= 2000; rows += 100) {
    progress.show(at(rows));
    advance(500);
  }
  progress.end();
  expect(written).toHaveLength(4);
  for (const text of written) expect(text).toMatch(/^[^\r]*\n$/);
  expect(written.at(-1)).toBe('100 %  2,000 of 2,000 rows  message\n');
});

it('says that it goes on where it was', () => {
  const { written, progress } = line(false);
  progress.show({ ...at(700), isResumed: true });
  expect(written).toEqual(['An interrupted copy goes on.\n', '35 %  700 of 2,000 rows  message\n']);
});
