/** All plain WebSocket endpoints of design rows A10, B1–B4, C1 and C2, over one set of dependencies. */
import type { Heartbeat } from '../../ports/connection-handler.ts';
import type { WebSocketEndpoint } from '../../ports/websocket-endpoint.ts';
import { createChatEndpoint, type RoomFormats } from './chat-endpoint.ts';
import { createEchoEndpoint } from './echo-endpoint.ts';
import { createNotificationsEndpoint } from './notifications-endpoint.ts';
import type { PlainDeps } from './plain-deps.ts';
import { HEARTBEAT_FRAME, PING_FRAME } from './plain-frames.ts';
import { PROTOCOL_PING } from './plain-framing.ts';
import type { PlainLimits } from './plain-limits.ts';
import { createRoomFormat } from './room-format.ts';
import { createTasksEndpoint } from './tasks-endpoint.ts';
import { createUserEchoEndpoint } from './user-echo-endpoint.ts';

interface Heartbeats {
  /** JSON, where clients were told of it (C1, C2). */
  readonly told: Heartbeat;
  /** A ping frame that every WebSocket client answers by itself: keeps proxies from cutting the line. */
  readonly silent: Heartbeat;
  /** B4: silence ends the connection. */
  readonly chat: Heartbeat;
}

const heartbeatsOf = (limits: PlainLimits): Heartbeats => ({
  told: { intervalMs: limits.heartbeatIntervalMs, timeoutMs: 0, message: HEARTBEAT_FRAME },
  silent: { intervalMs: limits.heartbeatIntervalMs, timeoutMs: 0, message: PROTOCOL_PING },
  chat: {
    intervalMs: limits.chatPingIntervalMs,
    // Longer than the interval, so the core counts it from the last frame.
    timeoutMs: limits.chatIdleTimeoutMs,
    message: PING_FRAME,
  },
});

const createRoomFormats = (deps: PlainDeps): RoomFormats => ({
  en: createRoomFormat(deps, 'en'),
  'zh-Hant': createRoomFormat(deps, 'zh-Hant'),
  'zh-Hans': createRoomFormat(deps, 'zh-Hans'),
});

/** For the WebSocket transport. Call once per server: formats and heartbeats are shared by identity. */
export const createPlainEndpoints = (deps: PlainDeps): readonly WebSocketEndpoint[] => {
  const { told, silent, chat } = heartbeatsOf(deps.limits);
  const formats = createRoomFormats(deps);
  return [
    createEchoEndpoint(deps, silent),
    createChatEndpoint(deps, { name: 'chat', path: '/ws/chat', heartbeat: silent }, formats),
    createChatEndpoint(
      deps,
      { name: 'chat-named', path: '/ws/chat/{username}', heartbeat: silent },
      formats,
    ),
    createChatEndpoint(
      deps,
      { name: 'chat-heartbeat', path: '/ws/chat/{username}/heartbeat', heartbeat: chat },
      formats,
    ),
    createUserEchoEndpoint(deps, silent),
    createNotificationsEndpoint(deps, told),
    createTasksEndpoint(deps, told),
  ];
};
