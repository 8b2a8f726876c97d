/** All limits of the WebSocket transport, with their defaults. What a limit stops stands beside it. */

/** `count` at once, and as many again every `perMs` milliseconds. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

export interface WebSocketLimits {
  /** Bytes of one message; beyond: close 1009. */
  readonly maxFrameBytes: number;
  /** Fragments of one message; beyond: close 1008. Thousands of tiny ones cost far more than their bytes. */
  readonly maxFragments: number;
  /** Chunks of one unfinished frame; beyond: close 1008. Lower breaks clients behind a network that chops. */
  readonly maxBufferedChunks: number;
  /** Unsent answers to pings; beyond: cut off. A peer that pings without reading. */
  readonly maxPendingPongs: number;
  /** How long a closing handshake may take, in ms; then the connection is cut. */
  readonly closeTimeoutMs: number;
  /** Connections that have not said who they are; beyond: 503. */
  readonly maxUnauthenticated: number;
  /** Handshakes of the whole process; beyond: 503. */
  readonly connectRate: Rate;
  /** Handshakes of one address (IPv6: one /64); beyond: 429. */
  readonly connectRatePerAddress: Rate;
  /** Addresses whose rate is remembered; the one unseen for longest is forgotten first. */
  readonly maxRememberedAddresses: number;
  /** No rate per address for loopback: there, one address is everybody behind a local proxy. */
  readonly isLoopbackExempt: boolean;
}

export const DEFAULT_WEBSOCKET_LIMITS: WebSocketLimits = {
  maxFrameBytes: 64 * 1024,
  maxFragments: 64,
  maxBufferedChunks: 4096,
  maxPendingPongs: 60,
  closeTimeoutMs: 1000,
  maxUnauthenticated: 5000,
  connectRate: { count: 2000, perMs: 1000 },
  connectRatePerAddress: { count: 500, perMs: 1000 },
  maxRememberedAddresses: 10_000,
  isLoopbackExempt: true,
};
