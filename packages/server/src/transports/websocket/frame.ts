/**
 * Server-to-client frames of RFC 6455 §5.2: final, unmasked, never fragmented. Prepared once and
 * shared by every connection that is to receive the same bytes. Parsing is the business of `ws`.
 */

const TEXT = 0x81;
const BINARY = 0x82;
const MAX_7_BIT = 125;
const MAX_16_BIT = 0xffff;

const headerBytes = (length: number): number =>
  length <= MAX_7_BIT ? 2 : length <= MAX_16_BIT ? 4 : 10;

/** Writes the header and answers where the payload begins. */
const writeHeader = (frame: Buffer, at: number, header: { opcode: number; length: number }) => {
  const { opcode, length } = header;
  frame[at] = opcode;
  if (length <= MAX_7_BIT) {
    frame[at + 1] = length;
    return at + 2;
  }
  if (length <= MAX_16_BIT) {
    frame[at + 1] = 126;
    frame.writeUInt16BE(length, at + 2);
    return at + 4;
  }
  frame[at + 1] = 127;
  frame.writeUInt32BE(Math.floor(length / 2 ** 32), at + 2);
  frame.writeUInt32BE(length >>> 0, at + 6);
  return at + 10;
};

/** One text frame. A lone surrogate becomes U+FFFD, so the bytes are always valid UTF-8. */
export const frameText = (text: string): Buffer => {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(headerBytes(length) + length);
  frame.write(text, writeHeader(frame, 0, { opcode: TEXT, length }), length, 'utf8');
  return frame;
};

/** A frame for each text, back to back in one buffer: one write for a whole tick. */
export const frameTexts = (texts: readonly string[]): Buffer => {
  const [first] = texts;
  if (texts.length === 1 && first !== undefined) return frameText(first);
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const total = lengths.reduce((sum, length) => sum + headerBytes(length) + length, 0);
  const frames = Buffer.allocUnsafe(total);
  let at = 0;
  for (const [index, text] of texts.entries()) {
    const length = lengths[index] ?? 0;
    at = writeHeader(frames, at, { opcode: TEXT, length });
    at += frames.write(text, at, length, 'utf8');
  }
  return frames;
};

/** One binary frame; the bytes are copied. */
export const frameBinary = (bytes: Uint8Array): Buffer => {
  const { length } = bytes;
  const frame = Buffer.allocUnsafe(headerBytes(length) + length);
  frame.set(bytes, writeHeader(frame, 0, { opcode: BINARY, length }));
  return frame;
};
