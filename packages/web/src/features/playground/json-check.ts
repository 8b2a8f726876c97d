/**
 * Whether what the visitor wrote is JSON, and where it stops being so. The place is found here,
 * because browsers tell it in words of their own, or not at all.
 */

export type JsonCheck =
  | { readonly ok: true; readonly isEmpty: boolean }
  | { readonly ok: false; readonly line: number; readonly column: number };

export function checkJson(text: string): JsonCheck {
  if (text.trim() === '') return { ok: true, isEmpty: true };
  try {
    JSON.parse(text);
    return { ok: true, isEmpty: false };
  } catch {
    const before = text.slice(0, faultOf(text)).split('\n');
    return { ok: false, line: before.length, column: (before.at(-1) ?? '').length + 1 };
  }
}

const TOKEN =
  /\s*(?:(?<open>[{[])|(?<close>[}\]])|(?<comma>,)|(?<colon>:)|(?<string>"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(?<scalar>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/uy;
const SPACE = /\s*/y;

/** What may come next: a first or further value, a first or further key, a colon, or the end of a value. */
type Expected = 'value' | 'value-or-close' | 'key' | 'key-or-close' | 'colon' | 'comma-or-close';

/** Offset of the first token that cannot stand where it stands. */
function faultOf(text: string): number {
  const open: string[] = [];
  let expected: Expected = 'value';
  let at = 0;
  for (;;) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups;
    const next: Expected | undefined =
      groups === undefined ? undefined : step(groups, expected, open);
    if (next === undefined) {
      SPACE.lastIndex = at;
      SPACE.exec(text);
      return SPACE.lastIndex;
    }
    expected = next;
    at = TOKEN.lastIndex;
  }
}

/** Undefined where the token may not come. `open` holds the brackets around it. */
function step(
  token: Readonly<Record<string, string | undefined>>,
  expected: Expected,
  open: string[],
): Expected | undefined {
  const wantsValue = expected === 'value' || expected === 'value-or-close';
  const bracket = token['open'];
  if (bracket !== undefined) {
    if (!wantsValue) return undefined;
    open.push(bracket);
    return bracket === '{' ? 'key-or-close' : 'value-or-close';
  }
  if (token['close'] !== undefined) {
    if (expected !== 'comma-or-close' && !expected.endsWith('-or-close')) return undefined;
    return open.pop() === (token['close'] === '}' ? '{' : '[') ? 'comma-or-close' : undefined;
  }
  if (token['comma'] !== undefined) {
    if (expected !== 'comma-or-close' || open.length === 0) return undefined;
    return open.at(-1) === '{' ? 'key' : 'value';
  }
  if (token['colon'] !== undefined) return expected === 'colon' ? 'value' : undefined;
  const isKey = expected === 'key' || expected === 'key-or-close';
  if (isKey) return token['string'] === undefined ? undefined : 'colon';
  return wantsValue ? 'comma-or-close' : undefined;
}

/** On one line where it is JSON (the wire wants that), as it stands otherwise. */
export function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}
