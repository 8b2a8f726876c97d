/**
 * `GET /api/notifications/stream` (C5): one person's notifications as server-sent events, with the
 * inbox's own numbers as ids, so that a client resumes where it was even after a restart.
 */
import { DISCONNECTS, fail, type Failure } from '@carillon/protocol';
import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { userChannel } from '../../domain/channels.ts';
import { deviceTypeOf } from '../../domain/devices/device-type.ts';
import type { InboxService } from '../../domain/inbox/inbox-service.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ConnectionHandler, Session } from '../../ports/connection-handler.ts';
import type { CredentialResolver } from '../../ports/credentials.ts';
import type { Logger } from '../../ports/logger.ts';
import type { WireFormat } from '../../ports/wire-format.ts';
import { ChannelWatch } from '../../protocols/plain/channel-watch.ts';
import { PLAIN_LISTENER } from '../../protocols/plain/plain-listener.ts';
import { encodeEvent, encodeRetry } from './event-encoder.ts';
import { InboxTail } from './inbox-tail.ts';
import {
  createNotificationFormat,
  HEARTBEAT_COMMENT,
  notificationEvent,
} from './notification-format.ts';
import type { SseLimits } from './sse-limits.ts';
import { ResponseSocket } from '../http-stream/response-socket.ts';
import { identify, queryOf, startingPoint } from './stream-request.ts';

export const NOTIFICATION_STREAM_PATH = '/api/notifications/stream';

export interface NotificationStreamDeps {
  readonly connections: ConnectionHandler;
  readonly credentials: CredentialResolver;
  readonly inbox: InboxService;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: SseLimits;
  /** How the HTTP side answers refusals (problem details). */
  readonly sendProblem: (reply: FastifyReply, failure: Failure) => FastifyReply;
}

interface StreamKind {
  readonly format: WireFormat;
  readonly news: ChannelWatch;
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

interface OpenStream {
  readonly session: Session;
  readonly socket: ResponseSocket;
  readonly response: ServerResponse;
  readonly news: ChannelWatch;
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Proxies must neither keep, compress nor hold back what has to arrive at once.
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  'referrer-policy': 'no-referrer',
};

const openSession = (
  deps: NotificationStreamDeps,
  kind: StreamKind,
  { request, reply }: Exchange,
): OpenStream => {
  const socket = new ResponseSocket(reply.raw);
  const session = deps.connections.open({
    socket,
    format: kind.format,
    listener: PLAIN_LISTENER,
    heartbeat: {
      intervalMs: deps.limits.heartbeatIntervalMs,
      timeoutMs: 0,
      message: HEARTBEAT_COMMENT,
    },
    transport: 'sse',
    protocol: 'notification-stream',
    deviceType: deviceTypeOf({
      explicit: queryOf(request).get('device'),
      userAgent: request.headers['user-agent'],
    }),
    remoteAddress: request.ip,
  });
  return { session, socket, response: reply.raw, news: kind.news };
};

/** From here on nothing can be refused any more, only ended. */
const beginStream = (reply: FastifyReply, { session, socket, response }: OpenStream): void => {
  reply.hijack();
  response.socket?.setNoDelay(true);
  response.socket?.setTimeout(0);
  response.on('drain', () => session.handleDrain());
  // An EventSource has no goodbye: it may be a reload, so the others are told after the grace.
  response.on('close', () => session.handleClosed(false));
  response.on('error', () => socket.terminate());
  // What plugins have set (CORS) is kept by the reply, which a hijacked response no longer asks.
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) response.setHeader(name, value);
  }
  response.writeHead(200, HEADERS);
};

const follow = (deps: NotificationStreamDeps, open: OpenStream, seq: number): InboxTail => {
  const { session, socket } = open;
  const { user } = session;
  const tail: InboxTail = new InboxTail(seq, {
    listAfter: (after, limit) => deps.inbox.listAfter(user, after, limit),
    deliver: (notifications) => socket.write(notifications.map(notificationEvent).join('')),
    onFailure: (error) => {
      deps.logger.warn({ err: error, connection: session.id }, 'notification stream: store failed');
      deps.clock.after(deps.limits.storeRetryMs, () => {
        if (socket.isOpen) tail.pull();
      });
    },
  });
  return tail;
};

/** Subscribed before the first read: what is stored after it makes the tail look again. */
const run = async (deps: NotificationStreamDeps, open: OpenStream, seq: number): Promise<void> => {
  const { session, socket, news, response } = open;
  const channel = userChannel(session.user);
  const tail = follow(deps, open, seq);
  response.on(
    'close',
    news.add(channel, () => tail.pull()),
  );
  const subscribed = await session.subscribe(channel, { isServerSide: true });
  if (!subscribed.ok) return session.disconnect(DISCONNECTS.server_error);
  // The id alone: from here on a cut is resumed, even before the first notification.
  await socket.write(encodeRetry(deps.limits.retryMs) + encodeEvent({ id: String(seq) }));
  tail.pull();
};

const answer = async (
  deps: NotificationStreamDeps,
  kind: StreamKind,
  exchange: Exchange,
): Promise<FastifyReply> => {
  const { request, reply } = exchange;
  const identity = await identify(deps.credentials, request);
  if (!identity.ok) return deps.sendProblem(reply, identity);
  const start = await startingPoint(deps.inbox, identity.value.user, request);
  if (!start.ok) return deps.sendProblem(reply, start);
  // The client may have gone meanwhile, and nobody would ever tell the session.
  if (reply.raw.destroyed) return reply;
  const open = openSession(deps, kind, exchange);
  const accepted = await open.session.authenticate(identity.value);
  if (reply.raw.destroyed) {
    open.session.handleClosed(false);
    return reply;
  }
  if (!accepted.ok) {
    open.session.disconnect(DISCONNECTS.connection_limit);
    const isLimit = accepted.error === 'limit_exceeded';
    return deps.sendProblem(
      reply,
      isLimit ? fail('too_many_requests', accepted.message) : accepted,
    );
  }
  beginStream(reply, open);
  run(deps, open, start.value).catch((error: unknown) => {
    deps.logger.error({ err: error, connection: open.session.id }, 'notification stream failed');
    open.session.disconnect(DISCONNECTS.server_error);
  });
  return reply;
};

export const registerNotificationStream = (
  app: FastifyInstance,
  deps: NotificationStreamDeps,
): void => {
  const news = new ChannelWatch();
  const kind = { news, format: createNotificationFormat((channel) => news.notify(channel)) };
  // HEAD would leave a stream open that nobody reads.
  app.get(NOTIFICATION_STREAM_PATH, { exposeHeadRoute: false }, (request, reply) =>
    answer(deps, kind, { request, reply }),
  );
};
