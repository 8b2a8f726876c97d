/**
 * The way out of one stream over HTTP: a response that is never finished by itself. It knows of
 * server-sent events only where an `id` fits between them.
 */
import type { Disconnect } from '@carillon/protocol';
import type { ServerResponse } from 'node:http';
import type { ClientSocket, SendResult } from '../../ports/client-socket.ts';

export interface ResponseSocketOptions {
  /** What is written in the place of a close frame. */
  encodeClose?(disconnect: Disconnect): Uint8Array | undefined;
  /** Of the last event of a write; one that says nothing new is left out. */
  eventId?(): string | undefined;
  /** Called once the stream was ended from here: a peer that does not read must not keep it. */
  handleEnding?(): void;
}

/** Between two events; data never contains it. */
const BORDER = Buffer.from('\n\n');

export class ResponseSocket implements ClientSocket {
  readonly #response: ServerResponse;
  readonly #options: ResponseSocketOptions;
  #lastId: string | undefined = undefined;
  #isCatchingUp = false;

  constructor(response: ServerResponse, options: ResponseSocketOptions = {}) {
    this.#response = response;
    this.#options = options;
  }

  get isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** Before the stream has begun there is nobody to read it. */
  send(chunks: readonly Uint8Array[]): SendResult {
    if (!this.isOpen || !this.#response.headersSent) return 'closed';
    let hasRoom = true;
    // Node joins the writes of a tick by itself. Corked, `write` would only tell of the cork's own
    // buffer, and a peer that does not read would never be noticed.
    for (const chunk of this.#withId(chunks)) hasRoom = this.#response.write(chunk);
    return hasRoom ? 'sent' : 'full';
  }

  /** The stream's own text; resolves when there is room for more, false: the client is gone. */
  async write(text: string): Promise<boolean> {
    if (!this.isOpen) return false;
    if (!this.#response.write(text)) {
      await new Promise<void>((resolve) => {
        const settle = (): void => {
          this.#response.off('drain', settle).off('close', settle);
          resolve();
        };
        this.#response.on('drain', settle).on('close', settle);
      });
    }
    return this.isOpen;
  }

  /** What waited goes out, and may be less than what the ids of this moment would claim. */
  catchUp(write: () => void): void {
    this.#isCatchingUp = true;
    write();
    this.#isCatchingUp = false;
  }

  /** A stream has no close code; an EventSource that sees the end comes back with its last id. */
  close(disconnect?: Disconnect): void {
    if (!this.#response.headersSent || !this.isOpen) return;
    const bytes = disconnect === undefined ? undefined : this.#options.encodeClose?.(disconnect);
    this.#response.end(bytes);
    this.#options.handleEnding?.();
  }

  terminate(): void {
    this.#response.destroy();
  }

  /** The id stands within the last event, so that nobody has one without the other. */
  #withId(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
    const last = chunks.at(-1);
    const id = this.#isCatchingUp ? undefined : this.#options.eventId?.();
    if (last === undefined || id === undefined || id === this.#lastId) return chunks;
    this.#lastId = id;
    const at = startOfLastEvent(last);
    const line = Buffer.from(`id: ${id}\n`);
    return [...chunks.slice(0, -1), last.subarray(0, at), line, last.subarray(at)];
  }
}

function startOfLastEvent(events: Uint8Array): number {
  const bytes = Buffer.from(events.buffer, events.byteOffset, events.byteLength);
  const searchFrom = bytes.length - BORDER.length - 1;
  const border = searchFrom < 0 ? -1 : bytes.lastIndexOf(BORDER, searchFrom);
  return border < 0 ? 0 : border + BORDER.length;
}
