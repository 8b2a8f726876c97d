/**
 * Why a connection ends. Centrifuge's numbers and rule: 3500–3999 and 4500–4999 are terminal (a
 * client must not come back by itself), every other code means "reconnect".
 */

export interface Disconnect {
  readonly code: number;
  /** Stable text; clients may show it or test for it. At most 123 bytes (RFC 6455 §5.5.1). */
  readonly reason: string;
}

export const DISCONNECTS = {
  closed: { code: 3000, reason: 'connection closed' },
  shutdown: { code: 3001, reason: 'shutdown' },
  server_error: { code: 3004, reason: 'internal server error' },
  expired: { code: 3005, reason: 'connection expired' },
  subscription_expired: { code: 3006, reason: 'subscription expired' },
  slow: { code: 3008, reason: 'slow' },
  write_error: { code: 3009, reason: 'write error' },
  insufficient_state: { code: 3010, reason: 'insufficient state' },
  force_reconnect: { code: 3011, reason: 'force reconnect' },
  no_pong: { code: 3012, reason: 'no pong' },
  too_many_requests: { code: 3013, reason: 'too many requests' },
  state_invalidated: { code: 3014, reason: 'state invalidated' },
  invalid_token: { code: 3500, reason: 'invalid token' },
  bad_request: { code: 3501, reason: 'bad request' },
  stale: { code: 3502, reason: 'stale' },
  force_no_reconnect: { code: 3503, reason: 'force disconnect' },
  connection_limit: { code: 3504, reason: 'connection limit' },
  channel_limit: { code: 3505, reason: 'channel limit' },
  inappropriate_protocol: { code: 3506, reason: 'inappropriate protocol' },
  permission_denied: { code: 3507, reason: 'permission denied' },
  not_available: { code: 3508, reason: 'not available' },
  too_many_errors: { code: 3509, reason: 'too many errors' },
} as const satisfies Record<string, Disconnect>;

/**
 * Every close frame of the plain endpoints, unless a backend chose one of its own through the server
 * API: where there is one, a code that any WebSocket client knows. The empty reasons are those of
 * the WebSocket library, which ends a connection by itself when its frames are bad (native ones too).
 */
export const PLAIN_CLOSES = {
  done: { code: 1000, reason: 'Done' },
  going_away: { code: 1001, reason: 'Server is shutting down' },
  protocol_error: { code: 1002, reason: '' },
  not_utf8: { code: 1007, reason: '' },
  too_many_fragments: { code: 1008, reason: '' },
  unauthorized: { code: 1008, reason: 'Unauthorized' },
  full: { code: 1008, reason: 'Server is full' },
  too_many_connections: { code: 1008, reason: 'Too many connections' },
  too_many_bad_frames: { code: 1008, reason: 'Too many bad frames' },
  not_found: { code: 1008, reason: 'Not found' },
  too_big: { code: 1009, reason: '' },
  server_error: DISCONNECTS.server_error,
  slow: DISCONNECTS.slow,
  insufficient_state: DISCONNECTS.insufficient_state,
  force_reconnect: DISCONNECTS.force_reconnect,
  no_heartbeat: { code: 3012, reason: 'no heartbeat' },
  force_no_reconnect: DISCONNECTS.force_no_reconnect,
} as const satisfies Record<string, Disconnect>;

/** Unsubscribe pushes: from 2500 on the SDK subscribes again by itself. */
export const UNSUBSCRIBES = {
  server: { code: 2000, reason: 'server unsubscribe' },
  insufficient_state: { code: 2500, reason: 'insufficient state' },
  expired: { code: 2501, reason: 'subscription expired' },
  state_invalidated: { code: 2502, reason: 'state invalidated' },
} as const satisfies Record<string, Disconnect>;
