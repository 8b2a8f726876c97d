/**
 * JSON from outside: bounded depth, no `__proto__`, and the text itself kept where a body has to
 * travel on unchanged.
 */
import { fail, ok, type Outcome, type RawJson } from '@carillon/protocol';
import { parse } from 'secure-json-parse';

export interface JsonBody {
  readonly value: unknown;
  /** The text without blanks between tokens: fits on one line, numbers as they were written. */
  readonly raw: RawJson;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const isOpening = (code: number): boolean => code === 0x7b || code === 0x5b;
const isClosing = (code: number): boolean => code === 0x7d || code === 0x5d;
const isBlank = (code: number): boolean =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

interface Scan {
  readonly maxDepth: number;
  readonly compact: string;
}

/** One pass over the text; it need not be valid JSON. */
const scan = (text: string): Scan => {
  let depth = 0;
  let maxDepth = 0;
  let isInString = false;
  let compact = '';
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isInString) {
      if (code === BACKSLASH) index++;
      else if (code === QUOTE) isInString = false;
    } else if (code === QUOTE) isInString = true;
    else if (isOpening(code)) maxDepth = Math.max(maxDepth, ++depth);
    else if (isClosing(code)) depth--;
    else if (isBlank(code)) {
      compact += text.slice(start, index);
      start = index + 1;
    }
  }
  return { maxDepth, compact: start === 0 ? text : compact + text.slice(start) };
};

export const parseJsonBody = (text: string, maxDepth: number): Outcome<JsonBody> => {
  const scanned = scan(text);
  if (scanned.maxDepth > maxDepth) {
    return fail(
      'too_deep',
      `the JSON is nested ${scanned.maxDepth} deep, at most ${maxDepth} is allowed`,
    );
  }
  try {
    const value: unknown = parse(text, { protoAction: 'error', constructorAction: 'error' });
    return ok({ value, raw: scanned.compact });
  } catch {
    return fail(
      'not_json',
      'the body is not JSON, or it has a key that is not allowed (__proto__)',
    );
  }
};
