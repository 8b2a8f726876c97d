/** A client socket that remembers what it was given and answers what the test wants. */
import type { Disconnect } from '@carillon/protocol';
import type { ClientSocket, SendResult } from '../../../server/src/ports/client-socket.ts';

const decoder = new TextDecoder();

export class RecordingSocket implements ClientSocket {
  /** One entry per `send`: the lines that were in its chunks. */
  readonly writes: string[][] = [];
  answer: SendResult = 'sent';
  closeFrame: Disconnect | undefined;
  isTerminated = false;

  send(chunks: readonly Uint8Array[]): SendResult {
    if (this.answer === 'closed') return 'closed';
    this.writes.push(chunks.flatMap((chunk) => linesOf(decoder.decode(chunk))));
    return this.answer;
  }

  close(disconnect: Disconnect): void {
    this.closeFrame = disconnect;
  }

  terminate(): void {
    this.isTerminated = true;
  }

  /** All lines so far, in order. */
  get lines(): string[] {
    return this.writes.flat();
  }

  /** What was written since the last call. */
  take(): string[] {
    return this.writes.splice(0).flat();
  }
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');
