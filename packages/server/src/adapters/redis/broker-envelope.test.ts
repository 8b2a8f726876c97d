import type { ChannelEvent } from '@carillon/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeEntry, decodeMessage, encodeBody } from './broker-envelope.ts';

const text = fc.string({ unit: 'grapheme' });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const without = (record: object): object =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

const info = fc
  .record({ user: text, client: text, connInfo: maybe(text), chanInfo: maybe(text) })
  .map(without);
const publication = fc
  .record({
    data: text,
    info: maybe(info),
    tags: maybe(
      fc.dictionary(
        text.filter((key) => key !== '__proto__'),
        text,
      ),
    ),
    excludeUser: maybe(text),
    nativeOnly: maybe(fc.constant(true)),
  })
  .map(without);
const events = fc.oneof(
  fc.record({ type: fc.constant('publication'), publication }),
  fc
    .record({ type: fc.constantFrom('join', 'leave'), info, clients: maybe(fc.nat()) })
    .map(without),
);
const asEvent = (event: unknown): ChannelEvent => event as ChannelEvent;

it('what is encoded comes back as it was, whatever it contains', () => {
  fc.assert(
    fc.property(events, maybe(text), (each, deliveredBy) => {
      const body = encodeBody(asEvent(each), deliveredBy);
      expect(decodeMessage(` ${body}`)).toEqual(
        deliveredBy === undefined ? { event: each } : { event: each, deliveredBy },
      );
    }),
  );
});

it('a position in front gives the publication its offset', () => {
  const body = encodeBody({ type: 'publication', publication: { data: '{"a":1}' } });
  expect(body).toBe('p\n{"a":1}');
  expect(decodeMessage(`12@e.1 ${body}`)).toEqual({
    event: { type: 'publication', publication: { data: '{"a":1}', offset: 12 } },
    position: { epoch: 'e.1', offset: 12 },
  });
  expect(decodeEntry(body, { epoch: 'e', offset: 3 })).toEqual({ data: '{"a":1}', offset: 3 });
});

it('fields of a newer version are skipped, kinds of a newer version are not understood', () => {
  expect(decodeMessage(' pz4:some\n1')?.event).toEqual({
    type: 'publication',
    publication: { data: '1' },
  });
  expect(decodeMessage(' q\n1')).toBeUndefined();
});

it('nothing that is not an envelope is taken for one, or throws', () => {
  for (const bad of ['', 'p', ' ', ' p', ' pu9:ann\n1', ' pu-1:\n1', ' pux:\n', ' j\n', 'hello']) {
    expect([bad, decodeMessage(bad)]).toEqual([bad, undefined]);
  }
  fc.assert(fc.property(text, (each) => void decodeMessage(each)));
});
