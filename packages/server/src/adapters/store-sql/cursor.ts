/** Where a page ended: a number to sort by, and an id for ties. Opaque to everybody else. */
export interface Cursor {
  readonly at: number;
  readonly id: string;
}

export const encodeCursor = ({ at, id }: Cursor): string => `${at.toString(36)}.${id}`;

/** Undefined for what was never a cursor. */
export function decodeCursor(text: string): Cursor | undefined {
  const dot = text.indexOf('.');
  const digits = text.slice(0, dot);
  if (dot < 1 || !/^-?[0-9a-z]{1,11}$/.test(digits)) return undefined;
  const at = Number.parseInt(digits, 36);
  return Number.isSafeInteger(at) ? { at, id: text.slice(dot + 1) } : undefined;
}

/** Before the first item: every list begins below it. */
export const NEWEST: Cursor = { at: Number.MAX_SAFE_INTEGER, id: '' };
