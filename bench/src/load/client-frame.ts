/** Frames as a client sends them: masked, with one fixed key (servers unmask any key the same way). */
import { randomBytes } from 'node:crypto';

const KEY = randomBytes(4);
const FINAL = 0x80;
const MASKED = 0x80;

export function clientFrame(opcode: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const isLong = payload.length > 125;
  const frame = Buffer.allocUnsafe((isLong ? 8 : 6) + payload.length);
  frame[0] = FINAL | opcode;
  frame[1] = MASKED | (isLong ? 126 : payload.length);
  if (isLong) frame.writeUInt16BE(payload.length, 2);
  const keyAt = isLong ? 4 : 2;
  KEY.copy(frame, keyAt);
  for (let i = 0; i < payload.length; i++) {
    frame[keyAt + 4 + i] = (payload[i] ?? 0) ^ (KEY[i & 3] ?? 0);
  }
  return frame;
}
