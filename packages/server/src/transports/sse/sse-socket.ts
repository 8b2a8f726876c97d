/** The way out of one event stream: a response that is never finished by itself. */
import type { ServerResponse } from 'node:http';
import type { ClientSocket, SendResult } from '../../ports/client-socket.ts';

export class SseSocket implements ClientSocket {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** Before the stream has begun there is nobody to read it. */
  send(chunks: readonly Uint8Array[]): SendResult {
    if (!this.isOpen || !this.#response.headersSent) return 'closed';
    let hasRoom = true;
    this.#response.cork();
    for (const chunk of chunks) hasRoom = this.#response.write(chunk);
    this.#response.uncork();
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

  /** A stream has no close code; an EventSource that sees the end comes back with its last id. */
  close(): void {
    if (this.#response.headersSent && this.isOpen) this.#response.end();
  }

  terminate(): void {
    this.#response.destroy();
  }
}
