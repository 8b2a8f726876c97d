/**
 * What a queue message says: which procedure, with what, and optionally under which id and key.
 * Parses and checks the form; whether the input suits the procedure is the procedure's business.
 */
import {
  fail,
  hasForbiddenKey,
  MAX_JSON_DEPTH,
  ok,
  scanJson,
  type Outcome,
} from '@carillon/protocol';

export interface Envelope {
  readonly procedure: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The producer's name for this message: with the same id it takes effect once. */
  readonly id?: string;
  /** Messages with the same key take effect in the queue's order. */
  readonly key?: string;
}

/** Longer ones are refused: clientId, dedupeKey and idempotency_key have this limit too. */
const MAX_ID_CHARACTERS = 128;
const MAX_KEY_CHARACTERS = 255;
/** The input stands one level inside the envelope. */
const MAX_DEPTH = MAX_JSON_DEPTH + 1;

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/;

const FIELDS: ReadonlySet<string> = new Set(['procedure', 'input', 'id', 'key']);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const name = (
  value: unknown,
  field: string,
  maxCharacters: number,
): Outcome<string | undefined> => {
  if (value === undefined || value === null) return ok(undefined);
  if (typeof value !== 'string' || value === '' || CONTROL.test(value)) {
    return fail('invalid_field', `"${field}" is not a text of printable characters`);
  }
  return value.length > maxCharacters
    ? fail('too_long', `"${field}" has ${value.length} characters, at most ${maxCharacters}`)
    : ok(value);
};

const parse = (body: Uint8Array): Outcome<unknown> => {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return fail('not_json', 'the message is not UTF-8 text');
  }
  if (!scanJson(text, MAX_DEPTH).isShallow) {
    return fail('too_deep', `the message is nested deeper than ${MAX_DEPTH} levels`);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (hasForbiddenKey(text, value)) return fail('bad_request', 'a key is not allowed');
    return ok(value);
  } catch {
    return fail('not_json', 'the message is not JSON');
  }
};

export const parseEnvelope = (body: Uint8Array, maxBytes: number): Outcome<Envelope> => {
  if (body.byteLength > maxBytes) {
    return fail('too_long', `the message has ${body.byteLength} bytes, at most ${maxBytes}`);
  }
  const parsed = parse(body);
  if (!parsed.ok) return parsed;
  const message = parsed.value;
  if (!isObject(message)) return fail('not_json', 'the message is not a JSON object');
  const stranger = Object.keys(message).find((field) => !FIELDS.has(field));
  if (stranger !== undefined) {
    return fail('invalid_field', `"${stranger.slice(0, 60)}" is not a field of a queue message`);
  }
  const { procedure, input = {} } = message;
  if (typeof procedure !== 'string') return fail('invalid_field', '"procedure" is required');
  if (!isObject(input)) return fail('invalid_field', '"input" is not an object');
  const id = name(message['id'], 'id', MAX_ID_CHARACTERS);
  if (!id.ok) return id;
  const key = name(message['key'], 'key', MAX_KEY_CHARACTERS);
  if (!key.ok) return key;
  return ok({
    procedure,
    input,
    ...(id.value !== undefined && { id: id.value }),
    ...(key.value !== undefined && { key: key.value }),
  });
};
