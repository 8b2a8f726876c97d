import { createParser, type EventSourceMessage } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeComment, encodeEvent, encodeRetry, type SseEvent } from './event-encoder.ts';

/** What a client makes of the text, wherever the network cuts it. */
const receive = (text: string, cuts: readonly number[] = []): readonly EventSourceMessage[] => {
  const received: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => received.push(event) });
  let from = 0;
  for (const cut of [...cuts, text.length].toSorted((a, b) => a - b)) {
    const to = Math.min(Math.max(cut, from), text.length);
    parser.feed(text.slice(from, to));
    from = to;
  }
  return received;
};

const unifyLineEnds = (text: string): string => text.replaceAll(/\r\n|\r/g, '\n');

const line = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[\0\r\n]/g, ''));
const data = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\r', '\n', '\r\n', ' ', '\uFEFF', ':', '\0'),
    ),
  )
  .map((parts) => parts.join(''));

describe('server-sent events', () => {
  it('every payload, name and id comes through, wherever the stream is cut', () => {
    const event = fc.record({ event: line.filter((name) => name !== ''), id: line, data });
    fc.assert(
      fc.property(event, fc.array(fc.nat(200)), (sent, cuts) => {
        const expected = { ...sent, data: unifyLineEnds(sent.data) };
        expect(receive(encodeEvent(sent), cuts)).toEqual([expected]);
      }),
      { numRuns: 500 },
    );
  });

  it('events do not run into each other', () => {
    fc.assert(
      fc.property(fc.array(data, { maxLength: 8 }), (payloads) => {
        const text = payloads.map((payload, id) => encodeEvent({ id: String(id), data: payload }));
        expect(receive(text.join('')).map((event) => event.data)).toEqual(
          payloads.map(unifyLineEnds),
        );
      }),
    );
  });

  it.each([
    ['a leading space', ' x', ' x'],
    ['a byte order mark', '\uFEFFx', '\uFEFFx'],
    ['CR, LF and CRLF', 'a\rb\nc\r\nd', 'a\nb\nc\nd'],
    ['a line end at the end', 'a\n', 'a\n'],
    ['what looks like a field', 'a\nevent: fake\nid: 9', 'a\nevent: fake\nid: 9'],
    ['an empty line in the middle', 'a\n\nb', 'a\n\nb'],
  ])('%s survives in the data', (_what, payload, expected) => {
    expect(receive(encodeEvent({ data: payload }))).toEqual([
      { id: undefined, event: undefined, data: expected },
    ]);
  });

  it('an id alone shows no event', () => {
    expect(encodeEvent({ id: '7' })).toBe('id: 7\n\n');
    expect(receive(encodeEvent({ id: '7' }))).toEqual([]);
  });

  it.each<SseEvent>([
    { id: 'a\0b', data: '' },
    { id: 'a\nb', data: '' },
    { id: 'a\rb', data: '' },
    { event: 'a\nb', data: '' },
  ])('an id or name that a client would misread is refused: %j', (event) => {
    expect(() => encodeEvent(event)).toThrow(RangeError);
  });

  it('comments are never shown, whatever they contain', () => {
    fc.assert(
      fc.property(data, (comment) => {
        expect(receive(encodeComment(comment) + encodeEvent({ data: 'x' }))).toHaveLength(1);
      }),
    );
  });

  it('the pause before a reconnect is whole milliseconds', () => {
    expect(encodeRetry(1500.7)).toBe('retry: 1500\n\n');
  });
});
