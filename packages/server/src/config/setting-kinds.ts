/**
 * How one setting's text becomes a value. Every reader answers a value or a sentence that names
 * what was wrong and what to write instead; nothing throws.
 */

export type ReadResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

export interface Kind<T> {
  /** Shown in --help and docs/configuration.md. */
  readonly format: string;
  read(text: string): ReadResult<T>;
  /** The value as somebody would write it. */
  write(value: T): string;
}

const good = <T>(value: T): ReadResult<T> => ({ ok: true, value });
const bad = (problem: string): ReadResult<never> => ({ ok: false, problem });

export const text: Kind<string> = { format: 'text', read: good, write: (value) => value };

export const list: Kind<readonly string[]> = {
  format: 'comma-separated list',
  read: (raw) =>
    good(
      raw
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    ),
  write: (value) => value.join(','),
};

/** RFC 6838 §4.2, without parameters. */
const MEDIA_TYPE = /^[a-z0-9][\w.+-]*\/[a-z0-9][\w.+-]*$/;

export const mediaTypes: Kind<readonly string[]> = {
  format: 'comma-separated list of media types',
  read: (raw) => {
    const parts = raw.toLowerCase().split(',');
    const types = parts.map((part) => part.trim()).filter((part) => part !== '');
    const wrong = types.find((type) => !MEDIA_TYPE.test(type));
    if (wrong !== undefined) return bad(`"${wrong}" is not a media type; write image/png`);
    return types.length === 0
      ? bad('is empty; write for example image/png,text/plain')
      : good(types);
  },
  write: (value) => value.join(','),
};

export const flag: Kind<boolean> = {
  format: 'true | false',
  read: (raw) => {
    const word = raw.toLowerCase();
    if (word === 'true' || word === '1') return good(true);
    if (word === 'false' || word === '0') return good(false);
    return bad(`"${raw}" is neither true nor false; write true or false`);
  },
  write: String,
};

export function choice<const T extends string>(choices: readonly T[]): Kind<T> {
  return {
    format: choices.join(' | '),
    read: (raw) => {
      const found = choices.find((value) => value === raw);
      return found === undefined
        ? bad(`"${raw}" is not known; use one of ${choices.join(', ')}`)
        : good(found);
    },
    write: (value) => value,
  };
}

export function choices<const T extends string>(known: readonly T[]): Kind<readonly T[]> {
  const one = choice(known);
  return {
    format: `comma-separated list of ${known.join(' | ')}`,
    read: (raw) => {
      const parts = list.read(raw);
      if (!parts.ok) return parts;
      const values: T[] = [];
      for (const part of parts.value) {
        const result = one.read(part);
        if (!result.ok) return result;
        values.push(result.value);
      }
      return values.length === 0 ? bad(`is empty; use one of ${known.join(', ')}`) : good(values);
    },
    write: (value) => value.join(','),
  };
}

export function integer(range: { min: number; max: number }): Kind<number> {
  return {
    format: `whole number, ${range.min}–${range.max}`,
    read: (raw) => {
      const value = /^-?\d+$/.test(raw) ? Number(raw) : Number.NaN;
      if (Number.isNaN(value)) return bad(`"${raw}" is not a whole number`);
      return value < range.min || value > range.max
        ? bad(`${raw} is out of range; use ${range.min} to ${range.max}`)
        : good(value);
    },
    write: String,
  };
}

const BYTE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1024,
  mb: 1024 ** 2,
  gb: 1024 ** 3,
};

export function bytes(range: { min: number; max: number }): Kind<number> {
  return {
    format: 'bytes; units kb, mb, gb',
    read: (raw) => {
      const match = /^(\d+)\s*([a-z]*)$/i.exec(raw);
      const factor = BYTE_UNITS[(match?.[2] ?? '?').toLowerCase()];
      if (match?.[1] === undefined || factor === undefined) {
        return bad(`"${raw}" is not a size; write for example 64kb or 1mb`);
      }
      const value = Number(match[1]) * factor;
      return value < range.min || value > range.max
        ? bad(`${raw} is out of range; use ${range.min} to ${range.max} bytes`)
        : good(value);
    },
    write: (value) => {
      for (const unit of ['gb', 'mb', 'kb']) {
        const factor = BYTE_UNITS[unit] ?? 1;
        if (value >= factor && value % factor === 0) return `${value / factor}${unit}`;
      }
      return String(value);
    },
  };
}
