import { describe, expect, test } from 'vitest';
import { classify, prettyText } from './frame.ts';
import type { Direction } from './frame.ts';
import type { Family } from './endpoints.ts';

const kindOf = (family: Family, text: string, direction: Direction = 'in') =>
  classify(text, { family, direction, transport: 'websocket' });
const kindOfEvent = (family: Family, text: string) =>
  classify(text, { family, direction: 'in', transport: 'sse' });

describe('frames are called what their protocol calls them', () => {
  test.each([
    ['{"id":1,"connect":{"token":"x"}}', 'out', 'connect'],
    ['{"id":3,"publish":{}}', 'in', 'publish'],
    ['{"id":4,"rpc":{"data":{}}}', 'in', 'rpc'],
    ['{"push":{"channel":"room:a","pub":{"data":{}}}}', 'in', 'push.pub'],
    ['{"push":{"channel":"room:a","join":{"info":{}}}}', 'in', 'push.join'],
    ['{}', 'in', 'ping'],
    ['{}', 'out', 'pong'],
  ] as const)('native: %s %s is %s', (text, direction, type) => {
    expect(kindOf('native', text, direction).type).toBe(type);
  });

  test('a refusal carries its code and words', () => {
    expect(kindOf('native', '{"id":2,"error":{"code":103,"message":"permission denied"}}')).toEqual(
      {
        type: 'error',
        isHeartbeat: false,
        outcome: { kind: 'error', code: 103, reason: 'permission denied' },
      },
    );
    expect(kindOf('chat', '{"type":"error","code":402,"message":"no"}').outcome?.code).toBe(402);
  });

  test('a disconnect that is told on a stream is a close, an unsubscribe is not', () => {
    const close = kindOf('native', '{"push":{"disconnect":{"code":3503,"reason":"x"}}}');
    expect(close.outcome).toEqual({ kind: 'close', code: 3503, reason: 'x' });
    const end = kindOf(
      'native',
      '{"push":{"channel":"a","unsubscribe":{"code":2500,"reason":""}}}',
    );
    expect(end.outcome?.kind).toBe('unsubscribe');
  });

  test('one way, pushes stand alone and the request is the connect', () => {
    expect(kindOf('uni', '{"token":"x"}', 'out').type).toBe('connect');
    expect(kindOf('uni', '{"connect":{"client":"c"}}').type).toBe('connect');
    expect(kindOf('uni', '{"channel":"user:a","pub":{"data":{}}}').type).toBe('pub');
    expect(kindOf('uni', '{"disconnect":{"code":3500,"reason":"x"}}').outcome?.code).toBe(3500);
  });

  test('plain frames go by their type, signs of life are marked as such', () => {
    expect(kindOf('chat', '{"message":"hi"}', 'out').type).toBe('message');
    expect(kindOf('notifications', '{"type":"heartbeat"}')).toEqual({
      type: 'heartbeat',
      isHeartbeat: true,
    });
    expect(kindOf('echo', 'Echo: hello').type).toBe('text');
  });

  test('server-sent events go by their event, or by what they carry', () => {
    expect(kindOfEvent('stream', 'id: 4\nevent: notification\ndata: {"id":"n"}').type).toBe(
      'notification',
    );
    expect(kindOfEvent('native', 'data: {"id":1,"connect":{}}').type).toBe('connect');
    expect(kindOfEvent('stream', ': heartbeat')).toEqual({
      type: 'comment',
      isHeartbeat: true,
    });
    expect(kindOfEvent('stream', 'retry: 3000').type).toBe('retry');
  });
});

describe('pretty', () => {
  test('JSON is indented, also inside an event; everything else stays as it came', () => {
    expect(prettyText('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(prettyText('id: 4\ndata: {"a":1}')).toBe('id: 4\ndata: {\n  "a": 1\n}');
    expect(prettyText('Echo: {"a"')).toBe('Echo: {"a"');
    expect(prettyText('12')).toBe('12');
  });
});
