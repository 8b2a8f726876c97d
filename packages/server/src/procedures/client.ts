/** What clients are told about connecting. They keep to it by themselves; nothing here enforces it. */
import * as declared from '@carillon/protocol/procedures';
import { answer, implement, type Binding } from './binding.ts';

export interface ClientSettings {
  /** How long one attempt may take. */
  readonly connectionTimeoutMs: number;
  /** How often the notification and task endpoints send a sign of life. */
  readonly heartbeatIntervalMs: number;
  /** Failed attempts in a row, after which a client stops and asks its user. */
  readonly maxReconnectAttempts: number;
  /** The first pause has at most this length; it doubles from there. */
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  /** Whether this server hands out demo tokens, so that its pages can offer that way in. */
  readonly hasDemoLogin?: boolean;
}

export const DEFAULT_CLIENT_SETTINGS: ClientSettings = {
  connectionTimeoutMs: 20_000,
  heartbeatIntervalMs: 30_000,
  maxReconnectAttempts: 15,
  reconnectMinMs: 2_000,
  reconnectMaxMs: 30_000,
};

export const bindClient = (settings: ClientSettings): readonly Binding[] => {
  const output = {
    connection_timeout_ms: settings.connectionTimeoutMs,
    heartbeat_interval_ms: settings.heartbeatIntervalMs,
    max_reconnect_attempts: settings.maxReconnectAttempts,
    reconnect_min_ms: settings.reconnectMinMs,
    reconnect_max_ms: settings.reconnectMaxMs,
    ...(settings.hasDemoLogin === true ? { demo_login: true } : {}),
  };
  return [implement(declared.clientSettings, () => answer(output))];
};
