import type { Kind } from './setting-kinds.ts';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** `90000` → `90s`: the largest unit that writes the value without a fraction. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const unit = UNITS.find(([, factor]) => ms % factor === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
}

/**
 * Milliseconds of `30s`, `45000ms`, `5m`, `1h`, `2d`; a bare number is seconds (E11's names come
 * from programs that wrote seconds). Undefined when it is not a duration.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(text);
  if (match?.[1] === undefined) return undefined;
  const factor = UNITS.find(([unit]) => unit === (match[2] ?? 's'))?.[1] ?? 1000;
  return Math.round(Number(match[1]) * factor);
}

export function duration(range: { min: string; max: string }): Kind<number> {
  const min = parseDuration(range.min) ?? 0;
  const max = parseDuration(range.max) ?? 0;
  return {
    format: `duration, ${range.min}–${range.max}; units ms, s, m, h, d; a bare number is seconds`,
    read: (raw) => {
      const value = parseDuration(raw);
      if (value === undefined) {
        return { ok: false, problem: `"${raw}" is not a duration; write for example 30s or 500ms` };
      }
      if (value >= min && value <= max) return { ok: true, value };
      const isBare = /^\d+$/.test(raw);
      const asMs = Number(raw);
      // 45000 without a unit is milliseconds in somebody's mind: say so instead of waiting 12 hours.
      const hint =
        isBare && asMs >= min && asMs <= max
          ? `a bare number is seconds; write ${asMs}ms or ${formatDuration(asMs)} if you mean milliseconds`
          : `use ${range.min} to ${range.max}`;
      return {
        ok: false,
        problem: `${raw} means ${describe(value)}, which is out of range; ${hint}`,
      };
    },
    write: formatDuration,
  };
}

function describe(ms: number): string {
  if (ms >= 3_600_000) return `${Number((ms / 3_600_000).toFixed(1))} hours`;
  return ms >= 1000 ? `${ms / 1000} seconds` : `${ms} milliseconds`;
}
