/** Settings as the limits of each part. The parts keep defaults for what no setting names. */
import type { Config } from '../config/load-config.ts';
import type { DrainOptions } from '../core/drain.ts';
import type { CoreLimits } from '../core/limits.ts';
import { DEFAULT_CORE_LIMITS } from '../core/limits.ts';
import { ruleOf } from '../core/rate-limit.ts';
import type { DomainLimits, RelayLimits } from '../domain/limits.ts';
import type { UploadLimits } from '../domain/uploads/upload-limits.ts';
import { DEFAULT_UPLOAD_LIMITS } from '../domain/uploads/upload-limits.ts';
import type { HttpSettings } from '../http/http-deps.ts';
import { DEFAULT_HTTP_SETTINGS } from '../http/http-deps.ts';
import type { PlainLimits } from '../protocols/plain/plain-limits.ts';
import { DEFAULT_PLAIN_LIMITS } from '../protocols/plain/plain-limits.ts';
import type { ClientSettings } from '../procedures/client.ts';
import { DEFAULT_CLIENT_SETTINGS } from '../procedures/client.ts';
import type { SseLimits } from '../transports/sse/sse-limits.ts';
import { DEFAULT_SSE_LIMITS } from '../transports/sse/sse-limits.ts';
import type { WebSocketLimits } from '../transports/websocket/limits.ts';

export const coreLimitsOf = ({ settings }: Config): CoreLimits => ({
  ...DEFAULT_CORE_LIMITS,
  maxConnections: settings.maxConnections,
  maxConnectionsPerUser: settings.maxConnectionsPerUser,
  tooManyConnectionsPolicy: settings.connectionLimitPolicy,
  maxChannelsPerConnection: settings.maxChannelsPerConnection,
  maxChannelLength: settings.maxChannelLength,
  maxQueuedBytes: settings.maxQueueBytes,
  maxRecoveredPublications: settings.recoveryLimit,
  authenticateWithinMs: settings.authTimeout,
  expiredGraceMs: settings.expiredGrace,
  leaveGraceMs: settings.leaveGrace,
  positionCheckIntervalMs: settings.positionCheckInterval,
  publishPerConnection: ruleOf(settings.commandRate),
  publishPerUser: ruleOf(settings.userCommandRate),
  commandsPerConnection: ruleOf(settings.commandRate),
  commandsPerUser: ruleOf(settings.userCommandRate),
});

export const drainOptionsOf = ({ settings }: Config): DrainOptions => ({
  durationMs: settings.drainTimeout,
  ...(settings.drainRate === 0 ? {} : { maxPerSecond: settings.drainRate }),
});

export const domainLimitsOf = ({ settings }: Config): Partial<DomainLimits> => ({
  messageCharacters: settings.maxMessageLength,
  nameCharacters: settings.maxNameLength,
  conversationMembers: settings.maxMembers,
  usersPerNotify: settings.maxNotifyUsers,
  streamLength: settings.maxStreamLength,
});

export const uploadLimitsOf = ({ settings }: Config): UploadLimits => ({
  ...DEFAULT_UPLOAD_LIMITS,
  maxBytes: settings.uploadMaxBytes,
  types: settings.uploadTypes,
  linkTtlMs: settings.uploadLinkTtl,
  maxBytesPerDay: settings.uploadMaxPerUser,
});

/** What others leave to a worker is looked for more often than what a crash left. */
const WORKER_POLL_MS = 1_000;

export const relayLimitsOf = ({ settings, kind }: Config): Partial<RelayLimits> => ({
  maxAttempts: settings.pushMaxAttempts,
  ...(kind === 'worker' ? { pollIntervalMs: WORKER_POLL_MS } : {}),
});

export const plainLimitsOf = ({ settings }: Config): PlainLimits => ({
  ...DEFAULT_PLAIN_LIMITS,
  maxNameLength: settings.maxNameLength,
  maxMessageLength: settings.maxMessageLength,
  messageRate: ruleOf(settings.messageRate),
  historyOnJoin: settings.historyOnJoin,
  heartbeatIntervalMs: settings.wsHeartbeatInterval,
  chatPingIntervalMs: settings.chatPingInterval,
  chatIdleTimeoutMs: settings.chatIdleTimeout,
});

export const sseLimitsOf = ({ settings }: Config): SseLimits => ({
  ...DEFAULT_SSE_LIMITS,
  heartbeatIntervalMs: settings.wsHeartbeatInterval,
});

export const webSocketLimitsOf = ({
  settings,
  isProduction,
}: Config): Partial<WebSocketLimits> => ({
  maxFrameBytes: settings.maxFrameBytes,
  maxUnauthenticated: settings.maxUnauthenticated,
  connectRate: settings.connectRate,
  connectRatePerAddress: settings.connectRatePerAddress,
  isLoopbackExempt: !isProduction,
});

export const httpSettingsOf = ({ settings, isProduction }: Config): HttpSettings => ({
  ...DEFAULT_HTTP_SETTINGS,
  allowedOrigins: settings.allowedOrigins,
  maxBodyBytes: settings.maxBodyBytes,
  rate: settings.httpRate,
  trustProxy: settings.trustProxy,
  isProduction,
});

export const clientSettingsOf = ({ settings }: Config): ClientSettings => ({
  ...DEFAULT_CLIENT_SETTINGS,
  connectionTimeoutMs: settings.wsConnectionTimeout,
  heartbeatIntervalMs: settings.wsHeartbeatInterval,
  maxReconnectAttempts: settings.wsMaxReconnectAttempts,
});
