import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_JSON_DEPTH, hasForbiddenKey, scanJson } from './json-scan.ts';

const dataOf = (text: string): string | undefined => {
  const { dataStart, dataEnd } = scanJson(text);
  return dataStart > 0 ? text.slice(dataStart, dataEnd) : undefined;
};

describe('depth', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

  it('the limit itself passes, one more does not', () => {
    expect(scanJson(nested(MAX_JSON_DEPTH)).isShallow).toBe(true);
    expect(scanJson(nested(MAX_JSON_DEPTH + 1)).isShallow).toBe(false);
  });

  it('brackets inside strings do not count, whatever is escaped around them', () => {
    expect(scanJson(JSON.stringify({ a: `${'['.repeat(99)}"\\` })).isShallow).toBe(true);
    expect(scanJson(String.raw`{"a":"\\\"[[[["}`, 1).isShallow).toBe(true);
    expect(scanJson(String.raw`{"a":"\\",[[[["}`, 1).isShallow).toBe(false);
  });

  it('agrees with the depth of the parsed value', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null
        ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
        : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 6 }), (value, limit) => {
        expect(scanJson(JSON.stringify(value), limit).isShallow).toBe(depthOf(value) <= limit);
      }),
    );
  });

  it('takes any text without throwing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void scanJson(text)));
  });
});

describe('data', () => {
  it.each([
    ['{"id":1,"publish":{"channel":"c","data":{"a":[1,{"b":2}]}}}', '{"a":[1,{"b":2}]}'],
    ['{"id":1,"publish":{"data":[1,2],"channel":"c"}}', '[1,2]'],
    ['{"id":1,"publish":{"data":12345678901234567890,"channel":"c"}}', '12345678901234567890'],
    ['{"publish":{"data":"a,\\"}b","channel":"c"}}', '"a,\\"}b"'],
    ['{"publish":{"data" : true }}', ' true '],
    ['{"publish":{"data":1,"data":2}}', '2'],
  ])('in %s', (text, data) => {
    expect(dataOf(text)).toBe(data);
  });

  it.each([
    '{"data":1}',
    '{"rpc":{"method":"data"}}',
    '{"rpc":{"params":{"data":1}}}',
    '{"publish":{"data":1},"rpc":{}}',
    '{"publish":["data",1]}',
  ])('not in %s', (text) => {
    expect(dataOf(text)).toBeUndefined();
  });

  it('is the text of any payload', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, channel) => {
        const text = JSON.stringify({ id: 7, publish: { data: value, channel, data2: value } });
        expect(dataOf(text)).toBe(JSON.stringify(value));
      }),
    );
  });
});

describe('forbidden keys', () => {
  const isForbidden = (text: string): boolean => hasForbiddenKey(text, JSON.parse(text));

  it.each([
    '{"a":{"__proto__":{"admin":true}}}',
    '{"a":[{"\\u005f_proto__":1}]}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"c\\u006fnstructor":{"prototype":{"x":1}}}',
  ])('%s is refused', (text) => {
    expect(isForbidden(text)).toBe(true);
  });

  it.each(['{"a":"__proto__"}', '{"constructor":"Smith & Sons"}', '{"prototype":{}}', '{"a":1}'])(
    '%s is fine',
    (text) => {
      expect(isForbidden(text)).toBe(false);
    },
  );
});
