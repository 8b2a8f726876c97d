import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameBinary, frameText, frameTexts } from './frame.ts';

interface Parsed {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Reads frames back by the letter of RFC 6455 §5.2, independently of the writer. */
const parseFrames = (bytes: Buffer): Parsed[] => {
  const frames: Parsed[] = [];
  let at = 0;
  while (at < bytes.length) {
    const first = bytes.readUInt8(at);
    const second = bytes.readUInt8(at + 1);
    at += 2;
    let length = second & 0x7f;
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at));
      at += 8;
    }
    expect(first & 0xf0).toBe(0x80);
    expect(second & 0x80).toBe(0);
    frames.push({ opcode: first & 0x0f, payload: bytes.subarray(at, at + length) });
    at += length;
  }
  return frames;
};

describe('frames', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])(
    'a text of %i bytes has the shortest header that fits',
    (length) => {
      const text = 'x'.repeat(length);
      const frame = frameText(text);
      expect(frame.length - length).toBe(length <= 125 ? 2 : length <= 65_535 ? 4 : 10);
      expect(parseFrames(frame)).toEqual([{ opcode: 1, payload: Buffer.from(text) }]);
    },
  );

  it('any texts come back in order from one buffer', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 })), (texts) => {
        const back = parseFrames(frameTexts(texts)).map(({ payload }) => payload.toString());
        expect(back).toEqual(texts.map((text) => text.toWellFormed()));
      }),
    );
  });

  it('lengths count bytes, not characters', () => {
    const text = '鐘'.repeat(60);
    expect(parseFrames(frameText(text))[0]?.payload.toString()).toBe(text);
    expect(frameText(text).length).toBe(4 + 180);
  });

  it('binary keeps its bytes and its opcode', () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => index & 0xff);
    expect(parseFrames(frameBinary(bytes))).toEqual([{ opcode: 2, payload: Buffer.from(bytes) }]);
  });

  it('the parser of ws agrees', async () => {
    const require = createRequire(import.meta.url);
    const { Receiver } = require('ws') as { Receiver: new (o: object) => Writable };
    const receiver = new Receiver({ isServer: false });
    const texts: string[] = [];
    receiver.on('message', (data: Buffer) => texts.push(data.toString()));
    receiver.end(frameTexts(['a', 'é'.repeat(40_000)]));
    await once(receiver, 'finish');
    expect(texts).toEqual(['a', 'é'.repeat(40_000)]);
  });
});
