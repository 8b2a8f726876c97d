/** What a page can know about the connection. How one state follows another: connection-machine.ts. */

export type TransportName = 'websocket' | 'http_stream' | 'sse';

/** A close or refusal, by its code (docs/errors.md); 0: found by the client itself. */
export interface CloseReason {
  readonly code: number;
  readonly reason: string;
}

/**
 *   idle ──connect──▶ connecting ──▶ connected
 *     ▲                 │   ▲           │
 *     │               lost  └─ waiting ◀┘ lost          offline: the device says it has no network
 *     └─disconnect── (any)      └──▶ closed (refused for good, or tried in vain often enough)
 */
export type ConnectionState =
  | { readonly status: 'idle' }
  | {
      readonly status: 'connecting';
      /** 0: the first; else which retry it is. */
      readonly attempt: number;
      /** Since when there is no connection, epoch milliseconds; absent where there was none yet. */
      readonly lostAtMs?: number;
    }
  | {
      readonly status: 'connected';
      readonly transport: TransportName;
      /** Of this connection, given by the server. */
      readonly clientId: string;
      readonly sinceMs: number;
      /** True in a tab that rides along on another tab's connection. */
      readonly isShared: boolean;
    }
  | {
      readonly status: 'waiting';
      readonly attempt: number;
      /** Epoch milliseconds. */
      readonly retryAtMs: number;
      readonly lostAtMs: number;
      readonly why: CloseReason;
    }
  | { readonly status: 'offline'; readonly lostAtMs: number }
  | { readonly status: 'closed'; readonly why: CloseReason };
