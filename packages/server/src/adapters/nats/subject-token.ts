/**
 * Arbitrary names as one token of a NATS subject, which knows no dots, spaces or wildcards: all but
 * ASCII letters, digits, `-` and `_` is written as `=` and two hex digits per byte of UTF-8. What
 * gets too long for NATS (4 KB a line, 255 for the name of a stream) is replaced by its digest:
 * nobody reads a name back from its token.
 */
import { createHash } from 'node:crypto';

const PLAIN = /^[\w-]+$/u;
const SPECIAL = /[^\w-]/u;
const MAX_LENGTH = 180;

/** Different names give different tokens; '' gives `=`. */
export function subjectToken(name: string): string {
  if (name === '') return '=';
  const token = PLAIN.test(name) ? name : escaped(name);
  return token.length <= MAX_LENGTH ? token : digest(name);
}

function escaped(name: string): string {
  let token = '';
  for (const character of name.toWellFormed()) {
    token += SPECIAL.test(character) ? bytesOf(character) : character;
  }
  return token;
}

function bytesOf(character: string): string {
  let text = '';
  for (const byte of Buffer.from(character)) text += `=${byte.toString(16).padStart(2, '0')}`;
  return text;
}

/** `=` is never followed by `x` in an escaped name. */
const digest = (name: string): string => `=x${createHash('sha256').update(name).digest('hex')}`;
