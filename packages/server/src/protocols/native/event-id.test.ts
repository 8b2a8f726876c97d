import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodePositions, parsePositions } from './event-id.ts';

const position = fc.record({
  epoch: fc.string({ maxLength: 64, unit: 'grapheme' }),
  offset: fc.nat(),
});
const channel = fc
  .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
  // eslint-disable-next-line no-control-regex -- what a channel name may not contain
  .filter((name) => !/[\u0000-\u001f\u007f-\u009f]/.test(name) && name.isWellFormed());

it('any positions come back as they were, through a header', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(channel, position), { maxLength: 8 }), (entries) => {
      const positions = new Map(entries);
      const id = encodePositions(positions);
      if (positions.size === 0) {
        expect(id).toBeUndefined();
        return;
      }
      expect(id).toMatch(/^[\x21-\x7e]+$/);
      expect(parsePositions(id)).toEqual(positions);
    }),
  );
});

it('what does not fit is left out, the id stays within a header', () => {
  const positions = new Map(
    Array.from({ length: 400 }, (_, index) => [
      `news:${index}-${'x'.repeat(100)}`,
      { epoch: 'e', offset: index },
    ]),
  );
  const id = encodePositions(positions) ?? '';
  expect(id.length).toBeLessThanOrEqual(8192);
  expect(parsePositions(id)?.get(`news:7-${'x'.repeat(100)}`)).toEqual({ epoch: 'e', offset: 7 });
});

it.each(['', '17', 'a=b', 'news:1=e:1,', 'news%=e:1', 'a=%ff:1', `a=e:1${'x'.repeat(9000)}`])(
  'somebody else’s id (%s) says nothing',
  (id) => expect(parsePositions(id)).toBeUndefined(),
);
