/** Framing, masking, control frames, reserved bits and opcodes, fragmentation, limits. */
import { OPCODES, type RawWebSocket, clientFrame } from '@carillon/testkit';
import { type ConformanceCase, more, ping, text } from './conformance-case.ts';

const bytes = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31) & 0xff));

/** One octet per write, which no server may depend on arriving apart or together. */
const chop = (client: RawWebSocket, frame: Buffer): void => {
  for (const byte of frame) client.write(Buffer.from([byte]));
};

const SIZES = [0, 1, 125, 126, 127, 128, 65_535, 65_536];

const sizes: ConformanceCase[] = SIZES.flatMap((size) => [
  {
    section: '5.2',
    rule: `a text of ${size} bytes`,
    send: (client) => text(client, '*'.repeat(size)),
    expected: [{ echo: '*'.repeat(size) }],
  },
  {
    section: '5.2',
    rule: `a binary message of ${size} bytes`,
    send: (client) => client.send({ opcode: OPCODES.binary, payload: bytes(size) }),
    expected: [{ binary: bytes(size) }],
  },
]);

const framing: ConformanceCase[] = [
  {
    section: '5.2',
    rule: 'a frame that arrives one octet at a time',
    send: (client) => chop(client, clientFrame({ opcode: OPCODES.text, payload: '*'.repeat(300) })),
    expected: [{ echo: '*'.repeat(300) }],
  },
  {
    section: '5.2',
    rule: 'a length in more bytes than it needs is tolerated',
    send: (client) => client.send({ opcode: OPCODES.text, payload: 'hello', lengthBytes: 8 }),
    expected: [{ echo: 'hello' }],
  },
  {
    section: '5.2',
    rule: 'two frames in one packet',
    send: (client) =>
      client.write(
        Buffer.concat([
          clientFrame({ opcode: OPCODES.text, payload: 'a' }),
          clientFrame({ opcode: OPCODES.text, payload: 'b' }),
        ]),
      ),
    expected: [{ echo: 'a' }, { echo: 'b' }],
  },
  {
    section: '5.1',
    rule: 'a frame without a mask',
    send: (client) => client.send({ opcode: OPCODES.text, payload: 'a', isMasked: false }),
    expected: [{ close: 1002 }],
  },
  {
    section: '5.1',
    rule: 'an empty frame without a mask',
    send: (client) => client.send({ opcode: OPCODES.text, isMasked: false }),
    expected: [{ close: 1002 }],
  },
];

const control: ConformanceCase[] = [
  ...['', 'hello', '*'.repeat(125)].map((payload) => ({
    section: '5.5.2',
    rule: `a ping of ${payload.length} bytes is answered with the same`,
    send: (client: RawWebSocket) => ping(client, payload),
    expected: [{ pong: Buffer.from(payload) }],
  })),
  {
    section: '5.5.2',
    rule: 'a ping with bytes that are not UTF-8',
    send: (client) => ping(client, Buffer.from([0x00, 0xff, 0xfe, 0xfd])),
    expected: [{ pong: Buffer.from([0x00, 0xff, 0xfe, 0xfd]) }],
  },
  {
    section: '5.5',
    rule: 'a ping of 126 bytes',
    send: (client) => ping(client, '*'.repeat(126)),
    expected: [{ close: 1002 }],
  },
  {
    section: '5.5.2',
    rule: 'a ping one octet at a time',
    send: (client) => chop(client, clientFrame({ opcode: OPCODES.ping, payload: '*'.repeat(125) })),
    expected: [{ pong: Buffer.from('*'.repeat(125)) }],
  },
  {
    section: '5.5.3',
    rule: 'a pong that nobody asked for is ignored',
    send: (client) => {
      client.send({ opcode: OPCODES.pong, payload: 'unsolicited' });
      ping(client, 'asked');
    },
    expected: [{ pong: Buffer.from('asked') }],
  },
  {
    section: '5.5.2',
    rule: 'ten pings are answered in order',
    send: (client) => {
      for (let index = 0; index < 10; index += 1) ping(client, String(index));
    },
    expected: Array.from({ length: 10 }, (_, index) => ({ pong: Buffer.from(String(index)) })),
  },
  ...[OPCODES.ping, OPCODES.pong, OPCODES.close].map((opcode) => ({
    section: '5.5',
    rule: `a control frame with opcode ${opcode} in fragments`,
    send: (client: RawWebSocket) => client.send({ opcode, payload: '', isFinal: false }),
    expected: [{ close: 1002 }],
  })),
];

const reserved: ConformanceCase[] = [
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((bits) =>
    [OPCODES.text, OPCODES.binary, OPCODES.ping, OPCODES.close].map((opcode) => ({
      section: '5.2',
      rule: `reserved bits ${bits} with opcode ${opcode}`,
      send: (client: RawWebSocket) => client.send({ opcode, reserved: bits }),
      expected: [{ close: 1002 }],
    })),
  ),
  {
    section: '5.2',
    rule: 'what came before a reserved bit is still answered',
    send: (client) => {
      text(client, 'before');
      client.send({ opcode: OPCODES.text, payload: 'x', reserved: 4 });
    },
    expected: [{ echo: 'before' }, { close: 1002 }],
  },
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) =>
    ['', 'payload'].map((payload) => ({
      section: '5.2',
      rule: `opcode ${opcode} with ${payload.length} bytes`,
      send: (client: RawWebSocket) => client.send({ opcode, payload }),
      expected: [{ close: 1002 }],
    })),
  ),
];

const fragments: ConformanceCase[] = [
  {
    section: '5.4',
    rule: 'a text in two fragments',
    send: (client) => {
      text(client, 'a', false);
      more(client, 'b');
    },
    expected: [{ echo: 'ab' }],
  },
  {
    section: '5.4',
    rule: 'a binary message in two fragments',
    send: (client) => {
      client.send({ opcode: OPCODES.binary, payload: 'a', isFinal: false });
      more(client, 'b');
    },
    expected: [{ binary: Buffer.from('ab') }],
  },
  {
    section: '5.4',
    rule: 'pings between fragments are answered at once',
    send: (client) => {
      text(client, 'a', false);
      ping(client, '1');
      more(client, 'b', false);
      ping(client, '2');
      more(client, 'c');
    },
    expected: [{ pong: Buffer.from('1') }, { pong: Buffer.from('2') }, { echo: 'abc' }],
  },
  {
    section: '5.4',
    rule: 'empty fragments, the first and the last',
    send: (client) => {
      text(client, '', false);
      more(client, 'middle', false);
      more(client, '');
    },
    expected: [{ echo: 'middle' }],
  },
  {
    section: '5.4',
    rule: 'nothing but empty fragments',
    send: (client) => {
      text(client, '', false);
      more(client, '', false);
      more(client, '');
    },
    expected: [{ echo: '' }],
  },
  {
    section: '5.4',
    rule: 'fragments one octet at a time',
    send: (client) => {
      chop(client, clientFrame({ opcode: OPCODES.text, payload: 'a', isFinal: false }));
      chop(client, clientFrame({ opcode: OPCODES.continuation, payload: 'b' }));
    },
    expected: [{ echo: 'ab' }],
  },
  ...[true, false].map((isFinal) => ({
    section: '5.4',
    rule: `a continuation of nothing, ${isFinal ? 'final' : 'not final'}`,
    send: (client: RawWebSocket) => more(client, 'x', isFinal),
    expected: [{ close: 1002 }],
  })),
  {
    section: '5.4',
    rule: 'a continuation after a message that was complete',
    send: (client) => {
      text(client, 'whole');
      more(client, 'x');
    },
    expected: [{ echo: 'whole' }, { close: 1002 }],
  },
  {
    section: '5.4',
    rule: 'a new message in the middle of another',
    send: (client) => {
      text(client, 'a', false);
      text(client, 'b');
    },
    expected: [{ close: 1002 }],
  },
];

const limits: ConformanceCase[] = [
  {
    section: '7.4.1',
    rule: 'a message of 64 KB and a byte',
    send: (client) => text(client, '*'.repeat(65_537)),
    expected: [{ close: 1009 }],
  },
  {
    section: '7.4.1',
    rule: 'fragments of 64 KB and a byte together',
    send: (client) => {
      text(client, '*'.repeat(65_536), false);
      more(client, '*');
    },
    expected: [{ close: 1009 }],
  },
  {
    section: '5.2',
    rule: 'a length of 2^53, announced only',
    send: (client) => client.send({ opcode: OPCODES.text, claimedLength: 2 ** 53, lengthBytes: 8 }),
    expected: [{ close: 1009 }],
  },
  {
    section: '10.4',
    rule: 'more than 64 fragments',
    send: (client) => {
      text(client, '', false);
      for (let index = 0; index < 64; index += 1) more(client, '', false);
    },
    expected: [{ close: 1008 }],
  },
  {
    section: '10.4',
    rule: '64 fragments',
    send: (client) => {
      text(client, 'x', false);
      for (let index = 0; index < 62; index += 1) more(client, 'x', false);
      more(client, 'x');
    },
    expected: [{ echo: 'x'.repeat(64) }],
  },
];

export const FRAME_CASES: readonly ConformanceCase[] = [
  ...sizes,
  ...framing,
  ...control,
  ...reserved,
  ...fragments,
  ...limits,
];
