/** Which frames are shown, and heartbeats in a row folded into one line. */
import type { Direction, Frame } from './frame.ts';

export interface FrameFilter {
  readonly text: string;
  readonly direction: Direction | 'all';
  /** '' for every type. */
  readonly type: string;
  readonly isFoldingHeartbeats: boolean;
}

export const NO_FILTER: FrameFilter = {
  text: '',
  direction: 'all',
  type: '',
  isFoldingHeartbeats: true,
};

export interface FrameRow {
  /** The newest frame of the row. */
  readonly frame: Frame;
  /** How many heartbeats stand behind it; 1 for any other frame. */
  readonly count: number;
}

export function rowsOf(frames: readonly Frame[], filter: FrameFilter): readonly FrameRow[] {
  const needle = filter.text.trim().toLowerCase();
  const rows: FrameRow[] = [];
  for (const frame of frames) {
    if (!matches(frame, filter, needle)) continue;
    const last = rows.at(-1);
    const isFolded = filter.isFoldingHeartbeats && frame.isHeartbeat && last?.frame.isHeartbeat;
    if (isFolded === true && last !== undefined)
      rows[rows.length - 1] = { frame, count: last.count + 1 };
    else rows.push({ frame, count: 1 });
  }
  return rows;
}

function matches(frame: Frame, { direction, type }: FrameFilter, needle: string): boolean {
  if (direction !== 'all' && frame.direction !== direction) return false;
  if (type !== '' && frame.type !== type) return false;
  return needle === '' || frame.text.toLowerCase().includes(needle);
}

/** In the order of the alphabet, for the choice of a type. */
export const typesOf = (frames: readonly Frame[]): readonly string[] =>
  [...new Set(frames.map(({ type }) => type))].toSorted();
