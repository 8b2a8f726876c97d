import { rate } from './rate.ts';
import { bytes, choice, integer } from './setting-kinds.ts';
import { setting } from './setting.ts';

const MB = 1024 ** 2;

export const LIMITS_SETTINGS = {
  maxConnections: setting({
    env: 'MAX_CONNECTIONS',
    kind: integer({ min: 1, max: 1_000_000 }),
    default: 20_000,
    group: 'limits',
    description:
      'Connections of this process; one more is closed with 1008 "Server is full" (native: 3504).',
  }),
  maxConnectionsPerUser: setting({
    env: 'WS_MAX_CONNECTIONS_PER_USER',
    kind: integer({ min: 1, max: 1_000_000 }),
    default: 50,
    group: 'limits',
    description: 'Connections of one user.',
  }),
  connectionLimitPolicy: setting({
    env: 'WS_CONNECTION_LIMIT_POLICY',
    kind: choice(['reject', 'evict-oldest']),
    default: 'reject',
    group: 'limits',
    description:
      'What happens to one connection too many of a user: the new one is refused, or the oldest closed.',
  }),
  maxUnauthenticated: setting({
    env: 'MAX_UNAUTHENTICATED_CONNECTIONS',
    kind: integer({ min: 1, max: 1_000_000 }),
    default: 5000,
    group: 'limits',
    description: 'Connections that have not said who they are.',
  }),
  connectRate: setting({
    env: 'CONNECT_RATE',
    kind: rate,
    default: { count: 2000, perMs: 1000 },
    group: 'limits',
    description: 'Handshakes of this process; beyond: 503.',
  }),
  connectRatePerAddress: setting({
    env: 'CONNECT_RATE_PER_ADDRESS',
    kind: rate,
    default: { count: 500, perMs: 1000 },
    group: 'limits',
    description: 'Handshakes of one address; beyond: 429. Loopback is exempt outside production.',
  }),
  maxFrameBytes: setting({
    env: 'MAX_FRAME_BYTES',
    kind: bytes({ min: 1024, max: 16 * MB }),
    default: 64 * 1024,
    group: 'limits',
    description: 'Largest incoming frame; beyond: close 1009.',
  }),
  maxQueueBytes: setting({
    env: 'MAX_QUEUE_BYTES',
    kind: bytes({ min: 64 * 1024, max: 1024 * MB }),
    default: MB,
    group: 'limits',
    description: 'Unsent bytes of one connection; beyond: close 3008 "slow".',
  }),
  maxChannelsPerConnection: setting({
    env: 'MAX_CHANNELS_PER_CONNECTION',
    kind: integer({ min: 1, max: 100_000 }),
    default: 128,
    group: 'limits',
    description: 'Subscriptions of one connection.',
  }),
  maxChannelLength: setting({
    env: 'MAX_CHANNEL_LENGTH',
    kind: integer({ min: 16, max: 1024 }),
    default: 255,
    group: 'limits',
    description: 'Characters of a channel name.',
  }),
  recoveryLimit: setting({
    env: 'RECOVERY_LIMIT',
    kind: integer({ min: 1, max: 10_000 }),
    default: 300,
    group: 'limits',
    description: 'Publications one recovery brings at most; more: recovered false.',
  }),
  commandRate: setting({
    env: 'COMMAND_RATE',
    kind: rate,
    default: { count: 2000, perMs: 1000 },
    group: 'limits',
    description: 'Native commands of one connection; beyond: error 111.',
  }),
  userCommandRate: setting({
    env: 'USER_COMMAND_RATE',
    kind: rate,
    default: { count: 5000, perMs: 1000 },
    group: 'limits',
    description: 'Native commands of all connections of one user.',
  }),
  messageRate: setting({
    env: 'MESSAGE_RATE',
    kind: rate,
    default: { count: 20, perMs: 10_000 },
    group: 'limits',
    description: 'Chat messages of one plain connection.',
  }),
  maxMessageLength: setting({
    env: 'MAX_MESSAGE_LENGTH',
    kind: integer({ min: 1, max: 100_000 }),
    default: 4000,
    group: 'limits',
    description: 'Characters of a chat message.',
  }),
  maxNameLength: setting({
    env: 'MAX_NAME_LENGTH',
    kind: integer({ min: 1, max: 255 }),
    default: 64,
    group: 'limits',
    description: 'Characters of a user or room name.',
  }),
  historyOnJoin: setting({
    env: 'HISTORY_ON_JOIN',
    kind: integer({ min: 0, max: 500 }),
    default: 50,
    group: 'limits',
    description: 'Room messages shown to who joins.',
  }),
  maxNotifyUsers: setting({
    env: 'MAX_NOTIFY_USERS',
    kind: integer({ min: 1, max: 10_000 }),
    default: 1000,
    group: 'limits',
    description: 'Recipients of one notification call.',
  }),
  maxMembers: setting({
    env: 'MAX_MEMBERS',
    kind: integer({ min: 2, max: 100_000 }),
    default: 1000,
    group: 'limits',
    description: 'Members of one conversation.',
  }),
  maxStreamLength: setting({
    env: 'MAX_STREAM_LENGTH',
    kind: integer({ min: 1000, max: 100_000_000 }),
    default: 1_000_000,
    group: 'limits',
    description: "Characters of one task's stream of text, all chunks together.",
  }),
  maxBodyBytes: setting({
    env: 'MAX_BODY_BYTES',
    kind: bytes({ min: 1024, max: 64 * MB }),
    default: 64 * 1024,
    group: 'limits',
    description: 'Largest HTTP request body.',
  }),
  httpRate: setting({
    env: 'HTTP_RATE',
    kind: rate,
    default: { count: 1000, perMs: 1000 },
    group: 'limits',
    description:
      'HTTP requests of one address without a valid API key; beyond: 429. Loopback is exempt outside production.',
  }),
} as const;
