import { expect, test } from 'vitest';
import { FrameReader, OPCODE, type FrameSink } from './frame-reader.ts';

class Recorder implements FrameSink {
  readonly wantsPayloads: boolean;
  messages = 0;
  readonly frames: [number, string][] = [];

  constructor(wantsPayloads: boolean) {
    this.wantsPayloads = wantsPayloads;
  }

  countMessages(count: number): void {
    this.messages += count;
  }

  handleFrame(opcode: number, payload: string): void {
    this.frames.push([opcode, payload]);
  }
}

function serverFrame(opcode: number, payload: string): Buffer {
  const body = Buffer.from(payload);
  if (body.length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, body.length]), body]);
  const isHuge = body.length > 0xffff;
  const head = Buffer.alloc(isHuge ? 10 : 4);
  head[0] = 0x80 | opcode;
  head[1] = isHuge ? 127 : 126;
  if (isHuge) head.writeBigUInt64BE(BigInt(body.length), 2);
  else head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

const stream = Buffer.concat([
  serverFrame(OPCODE.text, `~${'x'.repeat(300)}\n~`),
  serverFrame(OPCODE.text, '{}'),
  serverFrame(OPCODE.ping, 'alive?'),
  serverFrame(OPCODE.text, `~${'é'.repeat(40_000)}`),
  serverFrame(OPCODE.text, ''),
  serverFrame(OPCODE.text, '~'.repeat(126)),
]);

test('a marker is counted in payloads only, wherever the chunks are cut', () => {
  for (let size = 1; size < 400; size++) {
    const recorder = new Recorder(false);
    const reader = new FrameReader();
    for (let at = 0; at < stream.length; at += size) {
      reader.read(stream.subarray(at, at + size), recorder);
    }
    expect(recorder.messages).toBe(2 + 1 + 126);
  }
});

test('a counting connection is still shown pings and control frames', () => {
  const recorder = new Recorder(false);
  new FrameReader().read(stream, recorder);
  expect(recorder.frames).toEqual([
    [OPCODE.text, '{}'],
    [OPCODE.ping, 'alive?'],
    [OPCODE.text, ''],
  ]);
});

test('a sampler gets every payload whole, characters cut in two included', () => {
  const recorder = new Recorder(true);
  const reader = new FrameReader();
  for (let at = 0; at < stream.length; at += 7) reader.read(stream.subarray(at, at + 7), recorder);
  expect(recorder.frames.map(([, payload]) => payload.length)).toEqual([303, 2, 6, 40_001, 0, 126]);
});
