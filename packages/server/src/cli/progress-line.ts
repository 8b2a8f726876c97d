/** How far a long command has come: one line that moves on a terminal, a line now and then elsewhere. */
const BAR = 24;
const REDRAW_MS = 100;
const PLAIN_LINE_MS = 5000;

export interface Progress {
  readonly table: string;
  readonly copiedRows: number;
  readonly totalRows: number;
  readonly isResumed: boolean;
}

export interface ProgressLine {
  show(progress: Progress): void;
  /** Leaves the last state standing. */
  end(): void;
}

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** @param monotonic ms */
export function createProgressLine(output: Output, monotonic: () => number): ProgressLine {
  const isTerminal = output.isTTY === true;
  let first: { readonly at: number; readonly rows: number } | undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  let latest: Progress | undefined;

  function draw(progress: Progress, now: number): void {
    shownAt = now;
    const since = first ?? { at: now, rows: progress.copiedRows };
    const text = describe(progress, rateOf(progress, since, now));
    output.write(isTerminal ? `\r\u001b[K${barOf(progress)} ${text}` : `${text}\n`);
  }

  return {
    show(progress) {
      const now = monotonic();
      if (first === undefined) {
        first = { at: now, rows: progress.copiedRows };
        if (progress.isResumed) output.write('An interrupted copy goes on.\n');
      }
      latest = progress;
      if (now - shownAt >= (isTerminal ? REDRAW_MS : PLAIN_LINE_MS)) draw(progress, now);
    },
    end() {
      if (latest !== undefined) draw(latest, monotonic());
      if (isTerminal && latest !== undefined) output.write('\n');
      latest = undefined;
    },
  };
}

/** Rows per second since the beginning; 0 while nobody can tell. */
function rateOf(
  { copiedRows }: Progress,
  since: { readonly at: number; readonly rows: number },
  now: number,
): number {
  return now - since.at < 500 ? 0 : ((copiedRows - since.rows) * 1000) / (now - since.at);
}

function describe({ table, copiedRows, totalRows }: Progress, rate: number): string {
  const numbers = `${shareOf({ copiedRows, totalRows })} %  ${grouped(copiedRows)} of ${grouped(totalRows)} rows`;
  if (rate === 0 || copiedRows >= totalRows) return `${numbers}  ${table}`;
  const left = Math.ceil((totalRows - copiedRows) / rate);
  return `${numbers}  ${table}  ${grouped(Math.round(rate))}/s, about ${left} s left`;
}

function barOf(progress: Progress): string {
  const full = Math.floor((shareOf(progress) * BAR) / 100);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}]`;
}

const shareOf = ({ copiedRows, totalRows }: Pick<Progress, 'copiedRows' | 'totalRows'>): number =>
  totalRows === 0 ? 100 : Math.min(100, Math.floor((copiedRows * 100) / totalRows));

const grouped = (value: number): string => value.toLocaleString('en-US');
