/**
 * Large publications cross to the threads as shared memory: encoded once in the main thread, as
 * the frame that goes to sockets, and written to them from there by every thread, without a copy.
 * The publication's text lies within the frame and becomes a string only where somebody asks for
 * it. Small ones are cheaper cloned (docs/decisions/010-publications-between-threads.md).
 */
import type { ChannelEvent, Publication } from '@carillon/protocol';

/** The main thread's frame of one publication for the native protocol. */
export type EncodeFrame = (channel: string, event: ChannelEvent) => Uint8Array | undefined;

/** What is sent in the place of a publication's text. */
export interface SharedFrame {
  readonly frame: Uint8Array<SharedArrayBuffer>;
  /** Where the text lies in it, in bytes. */
  readonly dataStart: number;
  readonly dataEnd: number;
}

/** From so many characters times threads on, sharing costs less than cloning. */
export const SHARED_FROM = 64 * 1024;

/** In the native protocol's push; within names quotes are escaped, so it stands there once before the text. */
const DATA_FIELD = Buffer.from('"data":');

/** Undefined where the frame is not what the native protocol makes of a publication. */
export function shareFrame(frame: Uint8Array, data: string): SharedFrame | undefined {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const field = bytes.indexOf(DATA_FIELD);
  const dataStart = field + DATA_FIELD.length;
  const dataEnd = dataStart + Buffer.byteLength(data);
  const isWhole = field >= 0 && dataEnd < bytes.length && ',}'.includes(charAt(bytes, dataEnd));
  if (!isWhole) return undefined;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return { frame: shared, dataStart, dataEnd };
}

/** The publication as it was, its text read from the shared frame when it is asked for. */
export function publicationOver(
  { frame, dataStart, dataEnd }: SharedFrame,
  rest: Omit<Publication, 'data'>,
): Publication {
  let text: string | undefined;
  return {
    ...rest,
    get data() {
      text ??= Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString(
        'utf8',
        dataStart,
        dataEnd,
      );
      return text;
    },
  };
}

const charAt = (bytes: Buffer, index: number): string => String.fromCharCode(bytes[index] ?? 0);
