/** UTF-8 in text messages, and the closing handshake. */
import { OPCODES, type RawWebSocket, closePayload } from '@carillon/testkit';
import { type ConformanceCase, more, ping, text } from './conformance-case.ts';

const VALID_TEXTS = [
  'Hello-µ@ßöäüàá-UTF-8!!',
  'κόσμε',
  '鐘聲 钟声',
  '😀 𝄞',
  '\u0000',
  '\u007f',
  '\u0080',
  '\u07ff',
  '\u0800',
  '\ufffd',
  '\uffff',
  '\ufeffwith a mark',
  '\u{10000}',
  '\u{10ffff}',
  '\u{1fffe}',
];

const INVALID_TEXTS: readonly (readonly [string, readonly number[]])[] = [
  ['a lone continuation byte', [0x80]],
  ['a lone last continuation byte', [0xbf]],
  ['an incomplete sequence of two', [0xc3]],
  ['an incomplete sequence of three', [0xe2, 0x82]],
  ['an incomplete sequence of four', [0xf0, 0x9f, 0x98]],
  ['a sequence broken off by a letter', [0xe2, 0x28, 0xa1]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['an overlong slash of three bytes', [0xe0, 0x80, 0xaf]],
  ['an overlong slash of four bytes', [0xf0, 0x80, 0x80, 0xaf]],
  ['an overlong NUL', [0xc0, 0x80]],
  ['a high surrogate', [0xed, 0xa0, 0x80]],
  ['a low surrogate', [0xed, 0xbf, 0xbf]],
  ['a surrogate pair', [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80]],
  ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ['a sequence of five', [0xf8, 0x88, 0x80, 0x80, 0x80]],
  ['a sequence of six', [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80]],
  ['the byte FE', [0xfe]],
  ['the byte FF', [0xff]],
];

const utf8: ConformanceCase[] = [
  ...VALID_TEXTS.flatMap((payload): ConformanceCase[] => [
    {
      section: '8.1',
      rule: `valid ${JSON.stringify(payload)}`,
      send: (client) => text(client, payload),
      expected: [{ echo: payload }],
    },
    {
      section: '8.1',
      rule: `valid ${JSON.stringify(payload)} with a fragment per byte`,
      send: (client) => {
        const bytes = [...Buffer.from(payload)];
        text(client, Buffer.from(bytes.slice(0, 1)), false);
        for (const byte of bytes.slice(1)) more(client, Buffer.from([byte]), false);
        more(client, '');
      },
      expected: [{ echo: payload }],
    },
  ]),
  ...INVALID_TEXTS.flatMap(([name, bytes]): ConformanceCase[] => [
    {
      section: '8.1',
      rule: `invalid: ${name}`,
      send: (client) => text(client, Buffer.from([0x61, ...bytes])),
      expected: [{ close: 1007 }],
    },
    {
      section: '8.1',
      rule: `invalid across fragments: ${name}`,
      send: (client) => {
        text(client, Buffer.from([0x61, ...bytes.slice(0, 1)]), false);
        more(client, Buffer.from(bytes.slice(1)));
      },
      expected: [{ close: 1007 }],
    },
  ]),
  {
    section: '5.6',
    rule: 'binary need not be UTF-8',
    send: (client) => client.send({ opcode: OPCODES.binary, payload: Buffer.from([0xff, 0xc0]) }),
    expected: [{ binary: Buffer.from([0xff, 0xc0]) }],
  },
];

const close = (client: RawWebSocket, payload: Buffer | string = ''): void =>
  client.send({ opcode: OPCODES.close, payload });

const VALID_CODES = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
];
const INVALID_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];

const closing: ConformanceCase[] = [
  {
    section: '5.5.1',
    rule: 'a close without a code is answered without one',
    send: (client) => close(client),
    expected: [{ close: 1005 }],
  },
  ...VALID_CODES.map((code) => ({
    section: '7.4',
    rule: `code ${code} is answered with itself`,
    send: (client: RawWebSocket) => close(client, closePayload(code)),
    expected: [{ close: code }],
  })),
  ...INVALID_CODES.map((code) => ({
    section: '7.4',
    rule: `code ${code} may not be sent`,
    send: (client: RawWebSocket) => close(client, closePayload(code)),
    expected: [{ close: 1002 }],
  })),
  {
    section: '5.5.1',
    rule: 'half a code',
    send: (client) => close(client, Buffer.from([0x03])),
    expected: [{ close: 1002 }],
  },
  {
    section: '5.5.1',
    rule: 'a reason of 123 bytes',
    send: (client) => close(client, closePayload(1000, '*'.repeat(123))),
    expected: [{ close: 1000 }],
  },
  {
    section: '5.5',
    rule: 'a reason of 124 bytes',
    send: (client) => close(client, closePayload(1000, '*'.repeat(124))),
    expected: [{ close: 1002 }],
  },
  {
    section: '5.5.1',
    rule: 'a reason that is not UTF-8',
    send: (client) => close(client, closePayload(1000, Buffer.from([0xce, 0xba, 0xe1]))),
    expected: [{ close: 1007 }],
  },
  {
    section: '5.5.1',
    rule: 'what came before the close is answered first',
    send: (client) => {
      text(client, 'last');
      close(client, closePayload(1000));
    },
    expected: [{ echo: 'last' }, { close: 1000 }],
  },
  {
    section: '5.5.1',
    rule: 'a message after the close is not answered',
    send: (client) => {
      close(client, closePayload(1000));
      text(client, 'too late');
    },
    expected: [{ close: 1000 }],
  },
  {
    section: '5.5.1',
    rule: 'a ping after the close is not answered',
    send: (client) => {
      close(client, closePayload(1000));
      ping(client, 'too late');
    },
    expected: [{ close: 1000 }],
  },
  {
    section: '5.5.1',
    rule: 'a second close is not answered',
    send: (client) => {
      close(client, closePayload(1000));
      close(client, closePayload(1001));
    },
    expected: [{ close: 1000 }],
  },
  {
    section: '5.4',
    rule: 'a close in the middle of a message',
    send: (client) => {
      text(client, 'half', false);
      close(client, closePayload(1000));
    },
    expected: [{ close: 1000 }],
  },
];

export const TEXT_AND_CLOSE_CASES: readonly ConformanceCase[] = [...utf8, ...closing];
