import { expect, it } from 'vitest';
import { parseEnvelope } from './envelope.ts';

const MAX_BYTES = 1_000;
const parse = (text: string | Uint8Array) =>
  parseEnvelope(typeof text === 'string' ? Buffer.from(text) : text, MAX_BYTES);

it('procedure, input, id and key are read; all but the procedure may be left out', () => {
  const full = { procedure: 'notify', input: { title: 'é' }, id: 'i', key: 'k' };
  expect(parse(JSON.stringify(full))).toEqual({ ok: true, value: full });
  expect(parse('{"procedure":"x"}')).toEqual({ ok: true, value: { procedure: 'x', input: {} } });
  const withNulls = '{"procedure":"x","input":{},"id":null,"key":null}';
  expect(parse(withNulls)).toEqual({ ok: true, value: { procedure: 'x', input: {} } });
});

it.each([
  ['not JSON', '{"procedure"', 'not_json'],
  ['not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 'not_json'],
  ['nothing', '', 'not_json'],
  ['not an object', '"notify"', 'not_json'],
  ['a list', '[]', 'not_json'],
  ['without procedure', '{"input":{}}', 'invalid_field'],
  ['input of another kind', '{"procedure":"x","input":[1]}', 'invalid_field'],
  ['a misspelt field', '{"procedure":"x","inputs":{}}', 'invalid_field'],
  ['an empty id', '{"procedure":"x","id":""}', 'invalid_field'],
  ['a number as id', '{"procedure":"x","id":7}', 'invalid_field'],
  ['a control character in the id', '{"procedure":"x","id":"a\\u0000"}', 'invalid_field'],
  ['a long id', `{"procedure":"x","id":"${'i'.repeat(129)}"}`, 'too_long'],
  ['a long key', `{"procedure":"x","key":"${'k'.repeat(256)}"}`, 'too_long'],
  ['a large message', `{"procedure":"${'x'.repeat(MAX_BYTES)}"}`, 'too_long'],
  ['deep nesting', `{"procedure":"x","input":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`, 'too_deep'],
  ['__proto__', '{"procedure":"x","input":{"__proto__":{}}}', 'bad_request'],
])('%s is refused, in words', (_what, text, error) => {
  expect(parse(text)).toMatchObject({ ok: false, error, message: expect.any(String) });
});
