import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ChannelEvent, Publication } from '@carillon/protocol';
import {
  decodeEvent,
  decodeRecord,
  encodeEvent,
  encodeRecord,
  isRecord,
} from './channel-record.ts';
import type { RecordHead } from './channel-record.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Text that is valid UTF-16, as all JSON text here is. */
const text = fc.string({ unit: 'grapheme' });
const info = fc.record(
  { user: text, client: text, connInfo: fc.json(), chanInfo: fc.json() },
  { requiredKeys: ['user', 'client'] },
);
const publication: fc.Arbitrary<Publication> = fc.record(
  {
    data: fc.oneof(fc.json(), fc.constant('{\n  "pretty": true\n}')),
    info,
    tags: fc.dictionary(text, text),
    excludeUser: text,
    nativeOnly: fc.boolean(),
  },
  { requiredKeys: ['data'] },
);
const head: fc.Arbitrary<RecordHead> = fc.record({
  epoch: fc.stringMatching(/^[a-z0-9]{12}$/u),
  top: fc.nat({ max: 2 ** 40 }).map((each) => each + 100),
  publishedAt: fc.nat(),
  writtenAt: fc.nat(),
  historySize: fc.nat(),
  historyTtlMs: fc.nat(),
  previous: fc
    .uniqueArray(fc.integer({ min: 1, max: 2 ** 45 }), { maxLength: 20 })
    .map((sequences) => sequences.toSorted((one, two) => two - one)),
  batchId: fc.stringMatching(/^[a-z0-9.-]{1,40}$/u),
});
const event: fc.Arbitrary<ChannelEvent> = fc.oneof(
  fc.record({ type: fc.constant('publication' as const), publication }),
  fc.record(
    { type: fc.constantFrom('join' as const, 'leave' as const), info, clients: fc.nat() },
    { requiredKeys: ['type', 'info'] },
  ),
);

it('a record comes back as it was written, with an offset for each publication', () => {
  fc.assert(
    fc.property(head, fc.array(publication, { maxLength: 5 }), (written, publications) => {
      const encoded = bytes(encodeRecord({ head: written, publications }));
      expect(isRecord(encoded)).toBe(true);
      expect(decodeRecord(encoded)).toEqual({
        head: written,
        publications: publications.map((each, index) => ({
          ...JSON.parse(JSON.stringify(each)),
          offset: written.top - publications.length + 1 + index,
        })),
      });
    }),
  );
});

it('an event comes back as it was written, with its key', () => {
  fc.assert(
    fc.property(event, fc.option(text, { nil: undefined }), (each, key) => {
      const passing = key === undefined || key === '' ? { event: each } : { event: each, key };
      const encoded = bytes(encodeEvent(passing));
      expect(isRecord(encoded)).toBe(false);
      expect(decodeEvent(encoded)).toEqual(JSON.parse(JSON.stringify(passing)));
    }),
  );
});

it('what a later version writes is left alone', () => {
  expect(decodeRecord(bytes('2 epoch 1 0\n'))).toBeUndefined();
  expect(decodeEvent(bytes('Z key\n2 \n{}'))).toBeUndefined();
  expect(decodeEvent(bytes(''))).toBeUndefined();
});
