/**
 * One pass over JSON text before JSON.parse: refuses nesting that would cost stack or time, and
 * finds the text of the command's `data`, so that a payload travels as the bytes it came in
 * (numbers beyond 2^53 included) and is never serialised again.
 *
 * It does not validate: JSON.parse, which always follows, does.
 */

/** Deeper than any sensible payload; far below what costs a parser its stack. */
export const MAX_JSON_DEPTH = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const SPACE = 0x20;

export interface JsonScan {
  /** False when objects and arrays nest beyond the limit. */
  isShallow: boolean;
  /** Bounds of the value of `data` inside the command's own object; -1: not seen. */
  dataStart: number;
  dataEnd: number;
}

const endOfString = (text: string, from: number): number => {
  let end = text.indexOf('"', from);
  while (end > 0 && text.charCodeAt(end - 1) === BACKSLASH) {
    let backslashes = 1;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) break;
    end = text.indexOf('"', end + 1);
  }
  return end === -1 ? text.length : end;
};

/** True where `"data"` at this quote is a key: only white space and a colon follow. */
const valueAfterDataKey = (text: string, quote: number, end: number): number => {
  if (end - quote !== 5 || !text.startsWith('data', quote + 1)) return -1;
  let at = end + 1;
  while (text.charCodeAt(at) <= SPACE) at += 1;
  return text.charCodeAt(at) === COLON ? at + 1 : -1;
};

export const scanJson = (text: string, maxDepth = MAX_JSON_DEPTH): JsonScan => {
  const scan: JsonScan = { isShallow: true, dataStart: -1, dataEnd: -1 };
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) {
      const end = endOfString(text, at + 1);
      if (depth === 2) {
        const value = valueAfterDataKey(text, at, end);
        if (value > 0) {
          scan.dataStart = value;
          scan.dataEnd = -1;
        }
      }
      at = end;
    } else if (char === OPEN_OBJECT || char === OPEN_ARRAY) {
      depth += 1;
      if (depth > maxDepth) {
        scan.isShallow = false;
        return scan;
      }
      // Of several command objects only the last may count, and a command object is not an array.
      if (depth === 2) scan.dataStart = scan.dataEnd = -1;
    } else if (char === CLOSE_OBJECT || char === CLOSE_ARRAY) {
      if (depth === 2 && scan.dataStart > 0 && scan.dataEnd < 0) scan.dataEnd = at;
      depth -= 1;
    } else if (char === COMMA && depth === 2 && scan.dataStart > 0 && scan.dataEnd < 0) {
      scan.dataEnd = at;
    }
  }
  return scan;
};

const SUSPICIOUS_KEY = /__proto__|constructor|\\u00/;

/**
 * True when the text holds a key that poisons objects in careless code further on: `__proto__`,
 * or `constructor` with a `prototype` inside. The parsed value is only walked when the text gives
 * reason to.
 */
export const hasForbiddenKey = (text: string, parsed: unknown): boolean =>
  SUSPICIOUS_KEY.test(text) && hasForbiddenKeyIn(parsed);

const hasForbiddenKeyIn = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.hasOwn(value, '__proto__')) return true;
  for (const [key, child] of Object.entries(value)) {
    if (key === 'constructor' && typeof child === 'object' && child !== null) {
      if (Object.hasOwn(child, 'prototype')) return true;
    }
    if (hasForbiddenKeyIn(child)) return true;
  }
  return false;
};
