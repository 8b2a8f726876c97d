import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asItWas, storable } from './storable-text.ts';

const text = fc
  .array(fc.constantFrom('\0', '\u0001', '0', '1', 'x', '\u{1F514}'))
  .map((characters) => characters.join(''));

it('every text comes back as it was, and none is stored with U+0000', () => {
  fc.assert(
    fc.property(text, (original) => {
      const stored = storable(original);
      expect(stored).not.toContain('\0');
      expect(asItWas(stored)).toBe(original);
    }),
  );
});
