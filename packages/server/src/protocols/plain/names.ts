/**
 * Names that people choose: of themselves in a URL, of a room, of whom a private message is for.
 * Trimmed, short, and without characters that hide or turn text around.
 */
import { fail, ok, type Outcome } from '@carillon/protocol';

/**
 * Controls, line and paragraph separators, halves of a surrogate pair, and the marks that reverse
 * the reading direction (with which one name can look like another). Joiners stay: emoji need them.
 */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u;

/** Characters as people count them, not UTF-16 units. */
export const isLongerThan = (text: string, maxCharacters: number): boolean =>
  text.length > maxCharacters && Array.from(text).length > maxCharacters;

/** @returns the trimmed name; `invalid_field` when empty or with forbidden characters, else `too_long`. */
export const readName = (raw: unknown, maxCharacters: number): Outcome<string> => {
  if (typeof raw !== 'string') return fail('invalid_field');
  const name = raw.trim();
  if (name === '' || FORBIDDEN.test(name)) return fail('invalid_field');
  return isLongerThan(name, maxCharacters) ? fail('too_long') : ok(name);
};
