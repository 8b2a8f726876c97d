/** Whether what the visitor wrote is JSON, and where it stops being so. */

export type JsonCheck =
  | { readonly ok: true; readonly isEmpty: boolean }
  | { readonly ok: false; readonly line?: number; readonly column?: number };

export function checkJson(text: string): JsonCheck {
  if (text.trim() === '') return { ok: true, isEmpty: true };
  try {
    JSON.parse(text);
    return { ok: true, isEmpty: false };
  } catch (error) {
    return { ok: false, ...placeOf(String(error), text) };
  }
}

/** Browsers tell the place in words only; some tell the offset, some line and column, some nothing. */
function placeOf(message: string, text: string): { line?: number; column?: number } {
  const place = /line (\d+) column (\d+)/.exec(message);
  if (place !== null) return { line: Number(place[1]), column: Number(place[2]) };
  const offset = /position (\d+)/.exec(message);
  if (offset === null) {
    if (!/end of/i.test(message)) return {};
    const lines = text.split('\n');
    return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
  }
  const before = text.slice(0, Number(offset[1])).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** On one line where it is JSON (the wire wants that), as it stands otherwise. */
export function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}
