import { describe, expect, test } from 'vitest';
import { checkJson, compact } from './json-check.ts';
import { BLOCKS, blocksPerMessage, createSplitter, LINES, parseSseBlock } from './sse-block.ts';
import { ENDPOINTS } from './endpoints.ts';
import { templatesOf, templateText } from './templates.ts';

describe('JSON', () => {
  test('is checked with the place where it ends being JSON', () => {
    expect(checkJson('{"a": 1}')).toEqual({ ok: true, isEmpty: false });
    expect(checkJson('  ')).toEqual({ ok: true, isEmpty: true });
    expect(checkJson('{\n  "a": x\n}')).toEqual({ ok: false, line: 2, column: 8 });
    expect(checkJson('{"a":\n')).toEqual({ ok: false, line: 2, column: 1 });
    const places: Readonly<Record<string, number>> = {
      '{"a":1,}': 8,
      '{"a" 1}': 6,
      '[1 2]': 4,
      '[1}': 3,
      '{a:1}': 2,
      '"open': 1,
      '{} {}': 4,
      '[01]': 3,
      '{"a":"\\x"}': 6,
    };
    for (const [text, column] of Object.entries(places)) {
      expect(checkJson(text), text).toEqual({ ok: false, line: 1, column });
    }
  });

  test('goes out on one line; what is no JSON goes out as it stands', () => {
    expect(compact('{\n  "a": 1\n}')).toBe('{"a":1}');
    expect(compact('{"a"')).toBe('{"a"');
  });
});

describe('templates', () => {
  test('every frame to begin with is JSON where the endpoint speaks JSON, on a number of its own', () => {
    const context = { nextId: 7, user: 'ana', nowMs: 1 };
    for (const endpoint of ENDPOINTS) {
      for (const template of templatesOf(endpoint)) {
        const text = templateText(template, context);
        if (endpoint.sends === 'json')
          expect(checkJson(text), template.name).toMatchObject({ ok: true });
        if (text.includes('"id"')) expect(text).toContain('"id": 7');
      }
    }
  });
});

describe('streams', () => {
  test('are cut where a line or an event ends, wherever the chunks end', () => {
    const lines = createSplitter(LINES);
    expect([...lines('{"a":1}\n{"b'), ...lines('":2}\r\n')]).toEqual(['{"a":1}', '{"b":2}']);
    const events = createSplitter(BLOCKS);
    expect([...events('retry: 1\n'), ...events('\nid: 2\ndata: x\n\n')]).toEqual([
      'retry: 1',
      'id: 2\ndata: x',
    ]);
  });

  test('messages that share an event are told apart, and keep their place', () => {
    expect(blocksPerMessage('id: 4\ndata: {"a":1}\ndata: {}')).toEqual([
      'id: 4\ndata: {"a":1}',
      'data: {}',
    ]);
    expect(blocksPerMessage(': heartbeat')).toEqual([': heartbeat']);
  });

  test('an event is taken apart field by field', () => {
    expect(parseSseBlock('id: 4\nevent: n\ndata: a\ndata: b')).toEqual({
      id: '4',
      event: 'n',
      data: 'a\nb',
    });
    expect(parseSseBlock(': heartbeat')).toEqual({ comment: 'heartbeat' });
  });
});
