import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChatFrame } from './chat-command.ts';
import { DEFAULT_PLAIN_LIMITS } from './plain-limits.ts';

const parse = (frame: unknown) => parseChatFrame(JSON.stringify(frame), DEFAULT_PLAIN_LIMITS);
const parseText = (text: string) => parseChatFrame(text, DEFAULT_PLAIN_LIMITS);

describe('chat frames', () => {
  it('a message may leave its type out', () => {
    expect(parse({ message: 'hi' })).toEqual({
      ok: true,
      command: { type: 'message', message: 'hi' },
    });
  });

  it('target_user makes a message private', () => {
    expect(parse({ type: 'message', message: 'hi', target_user: ' bob ' })).toEqual({
      ok: true,
      command: { type: 'message', message: 'hi', target: 'bob' },
    });
  });

  it('a private message without a target is refused, never shown to the room', () => {
    expect(parse({ type: 'private', message: 'hi' })).toMatchObject({
      error: 'invalid_field',
      field: 'target_user',
    });
    expect(parse({ message: 'hi', target_user: '' })).toMatchObject({ error: 'invalid_field' });
  });

  it.each([['status'], ['ping'], ['pong']])('%s needs nothing else', (type) => {
    expect(parse({ type })).toEqual({ ok: true, command: { type } });
  });

  it.each([[1700000000123], ['2026-11-20T10:00:00Z'], [undefined]])(
    'a heartbeat carries its timestamp %s',
    (timestamp) => {
      expect(parse({ type: 'heartbeat', timestamp })).toEqual({
        ok: true,
        command: { type: 'heartbeat', timestamp },
      });
    },
  );

  it.each([
    ['nonsense', 'not_json'],
    ['', 'not_json'],
    ['[]', 'not_json'],
    ['null', 'not_json'],
    ['"text"', 'not_json'],
    ['{"type":"dance"}', 'unknown_type'],
    ['{"type":7}', 'unknown_type'],
    ['{"type":"__proto__"}', 'unknown_type'],
    ['{}', 'invalid_field'],
    ['{"message":7}', 'invalid_field'],
    ['{"message":"  "}', 'invalid_field'],
    ['{"message":"hi","target_user":{"a":1}}', 'invalid_field'],
    ['{"message":"hi","target_user":"a\\u0000b"}', 'invalid_field'],
    [`{"message":"hi","target_user":"${'x'.repeat(65)}"}`, 'too_long'],
    [`{"message":"${'x'.repeat(4001)}"}`, 'too_long'],
    ['{"type":"heartbeat","timestamp":{}}', 'invalid_field'],
    [`{"type":"heartbeat","timestamp":"${'9'.repeat(65)}"}`, 'invalid_field'],
    [`{"message":"hi","x":${'['.repeat(20)}${']'.repeat(20)}}`, 'too_deep'],
    [`{"message":"hi","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'too_deep'],
  ])('%s is answered with %s', (text, error) => {
    expect(parseText(text)).toMatchObject({ ok: false, error });
  });

  it('4,000 characters are still a message, also of those that take two units', () => {
    expect(parse({ message: '😀'.repeat(4000) }).ok).toBe(true);
    expect(parse({ message: '😀'.repeat(4001) }).ok).toBe(false);
  });

  it('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(typeof parseText(text).ok).toBe('boolean');
      }),
    );
  });
});
