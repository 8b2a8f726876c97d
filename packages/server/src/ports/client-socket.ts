import type { Disconnect } from '@carillon/protocol';

/** `full`: taken, but the kernel asks to pause until `onDrain`; `closed`: not taken. */
export type SendResult = 'sent' | 'full' | 'closed';

/**
 * The way out of one connection. Synchronous, never throws. The transport calls
 * `Session.handleDrain` when a socket that answered `full` accepts bytes again.
 */
export interface ClientSocket {
  /** Writes framed chunks in order, with one system call where the transport can. */
  send(chunks: readonly Uint8Array[]): SendResult;
  /** Starts the closing handshake; the transport then reports `handleClosed`. */
  close(disconnect: Disconnect): void;
  /** Ends without a handshake, for a peer that is gone or does not answer. */
  terminate(): void;
}
