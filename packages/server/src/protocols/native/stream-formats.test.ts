import { type ChannelEvent, encodeErrorReply, encodePublishReply, fail } from '@carillon/protocol';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WireFormat } from '../../ports/wire-format.ts';
import { NATIVE_LINES, NATIVE_SSE, UNI_SSE, UNI_WEBSOCKET } from './stream-formats.ts';

const blank = fc.constantFrom('', ' ', '\t', '\r', '\n', '\r\n');

/** JSON of any value, with all blanks that JSON allows between tokens. */
const json = fc.tuple(fc.jsonValue(), blank, blank).map(([value, before, after]) => {
  const text = JSON.stringify(value);
  return `{${before}"v"${after}:${before}${text}${after}}`;
});

const events = fc.array(
  json.map((data): ChannelEvent => ({ type: 'publication', publication: { data, offset: 1 } })),
  { minLength: 1, maxLength: 4 },
);

const parseEvents = (bytes: Uint8Array, cuts: readonly number[]): readonly string[] => {
  const received: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => received.push(event) });
  const text = Buffer.from(bytes).toString();
  let from = 0;
  for (const cut of [...cuts, text.length].toSorted((a, b) => a - b)) {
    const to = Math.min(Math.max(cut, from), text.length);
    parser.feed(text.slice(from, to));
    from = to;
  }
  return received.map(({ data }) => data);
};

const dataOf = (message: unknown): unknown =>
  (message as { pub?: { data: { v: unknown } } }).pub?.data.v;

const sent = (list: readonly ChannelEvent[]): unknown[] =>
  list.map((event) =>
    event.type === 'publication' ? (JSON.parse(event.publication.data) as { v: unknown }).v : 0,
  );

const encode = (format: WireFormat, list: readonly ChannelEvent[]): Uint8Array =>
  format.encodeEvents('news:1', list) ?? new Uint8Array();

describe('publications on streams', () => {
  it('over SSE a tick is one event with a line each, whatever blanks a payload has', () => {
    fc.assert(
      fc.property(events, fc.array(fc.nat(300)), (list, cuts) => {
        const [event = '', ...more] = parseEvents(encode(NATIVE_SSE, list), cuts);
        expect(more).toEqual([]);
        const pushes = event
          .split('\n')
          .map((line) => (JSON.parse(line) as { push: unknown }).push);
        expect(pushes.map(dataOf)).toEqual(sent(list));
      }),
    );
  });

  it('over one-way SSE each is an event of its own, and bare', () => {
    fc.assert(
      fc.property(events, fc.array(fc.nat(300)), (list, cuts) => {
        const messages = parseEvents(encode(UNI_SSE, list), cuts).map(
          (text) => JSON.parse(text) as { channel: string },
        );
        expect(messages.map(({ channel }) => channel)).toEqual(list.map(() => 'news:1'));
        expect(messages.map(dataOf)).toEqual(sent(list));
      }),
    );
  });

  it('over HTTP each is a line, the last one ended too', () => {
    const list: ChannelEvent[] = [
      { type: 'publication', publication: { data: '1', offset: 1 } },
      { type: 'join', info: { user: 'ann', client: 'c1' } },
    ];
    expect(Buffer.from(encode(NATIVE_LINES, list)).toString()).toBe(
      '{"push":{"channel":"news:1","pub":{"data":1,"offset":1}}}\n' +
        '{"push":{"channel":"news:1","join":{"info":{"user":"ann","client":"c1"}}}}\n',
    );
  });

  it('over one-way WebSocket each is a frame of its own', () => {
    const frames = UNI_WEBSOCKET.encodeMessages(['{"id":1,"connect":{"client":"c1"}}', '{}']);
    expect(Buffer.from(frames).toString('latin1')).toBe(
      '\x81\x1b{"connect":{"client":"c1"}}\x81\x02{}',
    );
  });
});

it('replies keep their order and their errors', () => {
  const messages = [encodePublishReply(3), encodeErrorReply(4, fail('permission_denied')), '{}'];
  expect(parseEvents(NATIVE_SSE.encodeMessages(messages), [])).toEqual([messages.join('\n')]);
  expect(Buffer.from(NATIVE_LINES.encodeMessages(messages)).toString()).toBe(
    `${messages.join('\n')}\n`,
  );
});
