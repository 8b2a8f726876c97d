/**
 * A socket between a session and a simulated client. Lines arrive when the simulation pumps; what
 * has not arrived when the connection breaks never does. A slow one fills up and asks for a pause.
 */
import type { Disconnect } from '@carillon/protocol';
import type { ClientSocket, SendResult } from '../../../server/src/ports/client-socket.ts';

const decoder = new TextDecoder();
const KERNEL_BUFFER_CHUNKS = 3;

export class LossySocket implements ClientSocket {
  #chunks: Uint8Array[] = [];
  isSlow = false;
  isBroken = false;
  #isPaused = false;
  closeFrame: Disconnect | undefined;

  send(chunks: readonly Uint8Array[]): SendResult {
    if (this.closeFrame !== undefined) return 'closed';
    if (!this.isBroken) this.#chunks.push(...chunks);
    if (this.#chunks.length <= KERNEL_BUFFER_CHUNKS) return 'sent';
    this.#isPaused = true;
    return 'full';
  }

  close(disconnect: Disconnect): void {
    this.closeFrame = disconnect;
  }

  terminate(): void {
    this.isBroken = true;
  }

  /** What has arrived at the client; nothing while the connection is slow. */
  receive(): readonly string[] {
    if (this.isSlow || this.isBroken) return [];
    const lines = this.#chunks.flatMap((chunk) => decoder.decode(chunk).split('\n'));
    this.#chunks = [];
    return lines.filter((line) => line !== '');
  }

  /** True once after a pause, when there is room again. */
  takeDrained(): boolean {
    if (!this.#isPaused || this.#chunks.length > 0 || this.isBroken) return false;
    this.#isPaused = false;
    return true;
  }
}
