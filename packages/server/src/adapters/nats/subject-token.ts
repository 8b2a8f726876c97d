/**
 * Arbitrary names as one token of a NATS subject, which knows no dots, spaces or wildcards: all but
 * ASCII letters, digits, `-` and `_` is written as `=` and two hex digits per byte of UTF-8.
 */
const PLAIN = /^[\w-]+$/;
const SPECIAL = /[^\w-]/u;

/** Different names give different tokens; '' gives `=`. */
export function subjectToken(name: string): string {
  if (PLAIN.test(name)) return name;
  if (name === '') return '=';
  let token = '';
  for (const character of name.toWellFormed()) {
    token += SPECIAL.test(character) ? escaped(character) : character;
  }
  return token;
}

function escaped(character: string): string {
  let text = '';
  for (const byte of Buffer.from(character)) text += `=${byte.toString(16).padStart(2, '0')}`;
  return text;
}
