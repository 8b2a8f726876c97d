/** JSON text is built once, with `"type"` first, so that nobody downstream has to parse it. */
import type { RawJson } from '@carillon/protocol';

/** ISO 8601 in UTC, as every timestamp on the wire. */
export const isoTime = (ms: number): string => new Date(ms).toISOString();

/** An object's JSON with members appended that are JSON text already. */
export function jsonWith(
  fields: object,
  raw: Readonly<Record<string, RawJson | undefined>>,
): RawJson {
  let text = JSON.stringify(fields);
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined) continue;
    const comma = text === '{}' ? '' : ',';
    text = `${text.slice(0, -1)}${comma}${JSON.stringify(name)}:${value}}`;
  }
  return text;
}

/** `{"type":…,"data":…}`, the shape of everything the SDK understands. */
export const typedFrame = (type: string, data: RawJson): RawJson =>
  `{"type":${JSON.stringify(type)},"data":${data}}`;
