/**
 * What the operator wants of clients (`client.settings`): asked for once, when the page starts.
 * Until it is known, and where it cannot be had, the defaults hold.
 */
import { numberOf } from '../session/json-fields.ts';
import type { JsonObject } from '../session/json-fields.ts';
import { request } from '../session/server.ts';
import type { Backoff } from './backoff.ts';

export interface ConnectionSettings extends Backoff {
  /** How long one attempt may take. */
  readonly connectionTimeoutMs: number;
  /** How often the notification and task endpoints send a sign of life. */
  readonly heartbeatIntervalMs: number;
  /** Failed attempts in a row, after which the visitor is asked. */
  readonly maxReconnectAttempts: number;
}

export const DEFAULT_CONNECTION_SETTINGS: ConnectionSettings = {
  connectionTimeoutMs: 20_000,
  heartbeatIntervalMs: 30_000,
  maxReconnectAttempts: 15,
  reconnectMinMs: 2_000,
  reconnectMaxMs: 30_000,
};

/** A field that is missing or cannot be meant keeps its default. */
export function decodeConnectionSettings(body: JsonObject): ConnectionSettings {
  const known = DEFAULT_CONNECTION_SETTINGS;
  const read = (field: string, least: number, otherwise: number): number => {
    const value = numberOf(body, field);
    return value === undefined || value < least ? otherwise : value;
  };
  return {
    connectionTimeoutMs: read('connection_timeout_ms', 1, known.connectionTimeoutMs),
    heartbeatIntervalMs: read('heartbeat_interval_ms', 1, known.heartbeatIntervalMs),
    maxReconnectAttempts: read('max_reconnect_attempts', 0, known.maxReconnectAttempts),
    reconnectMinMs: read('reconnect_min_ms', 1, known.reconnectMinMs),
    reconnectMaxMs: read('reconnect_max_ms', 1, known.reconnectMaxMs),
  };
}

let current = DEFAULT_CONNECTION_SETTINGS;

export const connectionSettings = (): ConnectionSettings => current;

/** Never fails; connections do not wait for it. */
export async function loadConnectionSettings(): Promise<void> {
  const answer = await request('GET', '/api/v1/client-settings');
  if (answer.ok) current = decodeConnectionSettings(answer.body);
}
