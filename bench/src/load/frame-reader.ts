/**
 * Reads the frames a server sends (RFC 6455 §5.2, unmasked) with as little work as counting needs:
 * payloads are scanned for the marker in place and copied only when somebody wants to read them.
 */
import { MARKER } from '../servers/message.ts';

export const OPCODE = { text: 1, close: 8, ping: 9 } as const;

export interface FrameSink {
  /** Whether this connection's payloads are to be kept and handed over. */
  readonly wantsPayloads: boolean;
  /** Messages seen in what was just read. */
  countMessages(count: number): void;
  handleFrame(opcode: number, payload: string): void;
}

const SHORT_PAYLOAD = 2;
const LONGEST_HEADER = 10;
const DONE = -1;

export class FrameReader {
  /** Payload bytes of the present frame still to come; DONE between frames. */
  #left = DONE;
  #opcode = 0;
  #parts: Buffer[] | undefined;
  /** A header that the end of a chunk cut in two. */
  #cutHeader: Buffer | undefined;

  read(chunk: Buffer, sink: FrameSink): void {
    const bytes = this.#cutHeader === undefined ? chunk : Buffer.concat([this.#cutHeader, chunk]);
    this.#cutHeader = undefined;
    let position = 0;
    let count = 0;
    for (;;) {
      if (this.#left === DONE) {
        const next = this.#readHeader(bytes, position, sink.wantsPayloads);
        if (next === DONE) break;
        position = next;
      }
      const end = Math.min(position + this.#left, bytes.length);
      count += countMarkers(bytes, position, end);
      this.#parts?.push(Buffer.from(bytes.subarray(position, end)));
      this.#left -= end - position;
      position = end;
      if (this.#left > 0) break;
      this.#finishFrame(sink);
    }
    if (count > 0) sink.countMessages(count);
  }

  /** Position after the header, or DONE when it is not all here yet. */
  #readHeader(bytes: Buffer, position: number, wantsPayload: boolean): number {
    const available = bytes.length - position;
    if (available === 0) return DONE;
    const length = available < 2 ? 0 : (bytes[position + 1] ?? 0) & 0x7f;
    const headerLength = length === 127 ? LONGEST_HEADER : length === 126 ? 4 : 2;
    if (available < headerLength) {
      this.#cutHeader = Buffer.from(bytes.subarray(position));
      return DONE;
    }
    this.#opcode = (bytes[position] ?? 0) & 0x0f;
    this.#left = payloadLength(bytes, position, length);
    // Pings of every protocol are short or control frames; they are always looked at.
    const keeps = wantsPayload || this.#left <= SHORT_PAYLOAD || this.#opcode >= OPCODE.close;
    this.#parts = keeps ? [] : undefined;
    return position + headerLength;
  }

  #finishFrame(sink: FrameSink): void {
    const parts = this.#parts;
    this.#left = DONE;
    this.#parts = undefined;
    if (parts === undefined) return;
    const payload = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    sink.handleFrame(this.#opcode, payload?.toString('utf8') ?? '');
  }
}

function payloadLength(bytes: Buffer, position: number, length: number): number {
  if (length === 126) return bytes.readUInt16BE(position + 2);
  if (length === 127) return Number(bytes.readBigUInt64BE(position + 2));
  return length;
}

function countMarkers(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) if (bytes[i] === MARKER) count += 1;
  return count;
}
