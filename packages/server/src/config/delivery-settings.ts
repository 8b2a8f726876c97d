import { duration } from './duration.ts';
import { integer } from './setting-kinds.ts';
import { setting } from './setting.ts';

export const DELIVERY_SETTINGS = {
  wsHeartbeatInterval: setting({
    env: 'WS_HEARTBEAT_INTERVAL',
    kind: duration({ min: '1s', max: '1h' }),
    default: 30_000,
    group: 'delivery',
    description: 'Heartbeats of the notification and task endpoints and of SSE.',
  }),
  wsConnectionTimeout: setting({
    env: 'WS_CONNECTION_TIMEOUT',
    kind: duration({ min: '1s', max: '10m' }),
    default: 20_000,
    group: 'delivery',
    description:
      'Told to clients (GET /api/v1/client-settings): how long one attempt to connect may take.',
  }),
  wsMaxReconnectAttempts: setting({
    env: 'WS_MAX_RECONNECT_ATTEMPTS',
    kind: integer({ min: 0, max: 1000 }),
    default: 15,
    group: 'delivery',
    description:
      'Told to clients likewise: failed attempts in a row before they stop and ask their user.',
  }),
  chatPingInterval: setting({
    env: 'CHAT_PING_INTERVAL',
    kind: duration({ min: '100ms', max: '1h' }),
    default: 10_000,
    group: 'delivery',
    description: 'Pings of /ws/chat/{username}/heartbeat.',
  }),
  chatIdleTimeout: setting({
    env: 'CHAT_IDLE_TIMEOUT',
    kind: duration({ min: '200ms', max: '2h' }),
    default: 30_000,
    group: 'delivery',
    description: 'Silence after which /ws/chat/{username}/heartbeat closes.',
  }),
  pingInterval: setting({
    env: 'PING_INTERVAL',
    kind: duration({ min: '1s', max: '1h' }),
    default: 25_000,
    group: 'delivery',
    description: 'Pings of the native protocol.',
  }),
  pongTimeout: setting({
    env: 'PONG_TIMEOUT',
    kind: duration({ min: '1s', max: '10m' }),
    default: 8_000,
    group: 'delivery',
    description: 'Silence after a native ping that closes the connection (3012).',
  }),
  authTimeout: setting({
    env: 'AUTH_TIMEOUT',
    kind: duration({ min: '1s', max: '5m' }),
    default: 10_000,
    group: 'delivery',
    description: 'Time to authenticate after the handshake (3502).',
  }),
  leaveGrace: setting({
    env: 'LEAVE_GRACE',
    kind: duration({ min: '0s', max: '5m' }),
    default: 10_000,
    group: 'delivery',
    description: 'A lost connection that returns within this time is not announced as a leave.',
  }),
  positionCheckInterval: setting({
    env: 'POSITION_CHECK_INTERVAL',
    kind: duration({ min: '1s', max: '5m' }),
    default: 10_000,
    group: 'delivery',
    description: 'How often a channel is compared with its history to find a lost last message.',
  }),
} as const;
