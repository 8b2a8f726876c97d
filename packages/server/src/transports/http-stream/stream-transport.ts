/**
 * Streams over HTTP: takes a request, refuses the bad ones as the WebSocket transport does, and
 * answers with a response that goes on until one side ends it. It knows no protocol and no user.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail, type Failure } from '@carillon/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { StreamEndpoint, StreamReceiver } from '../../ports/stream-endpoint.ts';
import type { HandshakeRequest } from '../../ports/websocket-endpoint.ts';
import type { ConnectGate, Newcomer } from '../connect-gate.ts';
import type { Refusal } from '../websocket/handshake.ts';
import { codeLabel } from '../websocket/traffic-tally.ts';
import { isOriginAllowed } from '../websocket/origin.ts';
import { remoteAddressOf } from '../websocket/remote-address.ts';
import { ResponseSocket } from './response-socket.ts';

export interface StreamTransportOptions {
  readonly endpoints: readonly StreamEndpoint[];
  readonly gate: ConnectGate;
  /** Take the client's address from X-Forwarded-For. */
  readonly isProxyTrusted: boolean;
  /** Bytes of a request's body. */
  readonly maxFrameBytes: number;
  /** How long a peer may take to read the end of a stream, in ms; then it is cut. */
  readonly closeTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How the HTTP side answers refusals (problem details). */
  readonly sendProblem: (reply: FastifyReply, failure: Failure, status?: number) => FastifyReply;
}

/** RFC 6455 §7.1.5: no close frame came. A stream has no goodbye. */
const BROKEN_OFF = 1006;

const FORBIDDEN_ORIGIN: Refusal = {
  status: 403,
  label: 'origin',
  message: 'This Origin is not allowed; add it to ALLOWED_ORIGINS.',
};

const HEADERS = {
  // Proxies must neither keep, compress nor hold back what has to arrive at once.
  'cache-control': 'no-cache, no-store, no-transform',
  'x-accel-buffering': 'no',
  'referrer-policy': 'no-referrer',
};

/** Bodies arrive as they are: what a line means is the protocol's business. Before any route of the scope. */
export const acceptRawBodies = (scope: FastifyInstance, maxBytes: number): void => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<string>(
    '*',
    { parseAs: 'string', bodyLimit: maxBytes },
    async (_request: unknown, text: string) => text,
  );
};

/** Undefined: the request may go on. */
export const refusePage = (
  request: FastifyRequest,
  gate: Pick<ConnectGate, 'origins'>,
): Refusal | undefined => {
  const { origin, host } = request.headers;
  return isOriginAllowed(origin, host, gate.origins) ? undefined : FORBIDDEN_ORIGIN;
};

export const problemOf = ({ status, message }: Refusal): Failure =>
  fail(status === 403 ? 'permission_denied' : 'too_many_requests', message);

const firstText = (request: FastifyRequest, query: URLSearchParams): string =>
  request.method === 'POST' && typeof request.body === 'string'
    ? request.body
    : (query.get('cf_connect') ?? '');

const textOf = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

class StreamConnection implements Newcomer {
  newcomerPlace = -1;
  receiver: StreamReceiver | undefined = undefined;
  /** What it was ended with, or by. */
  code = BROKEN_OFF;
}

class StreamTransport {
  readonly #options: StreamTransportOptions;

  constructor(options: StreamTransportOptions) {
    this.#options = options;
  }

  register(app: FastifyInstance): void {
    const { maxFrameBytes, endpoints } = this.#options;
    void app.register(async (scope) => {
      acceptRawBodies(scope, maxFrameBytes);
      for (const endpoint of endpoints) {
        scope.route({
          method: [...endpoint.methods],
          url: endpoint.path,
          // HEAD would leave a stream open that nobody reads.
          exposeHeadRoute: false,
          // Connections are counted by the gate, with those of the other transports.
          config: { rateLimit: false },
          onRequest: async (request, reply) => this.#refuse(request, reply),
          handler: (request, reply) => this.#open(endpoint, request, reply),
        });
      }
    });
  }

  #refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
    const { gate, metrics, logger, sendProblem } = this.#options;
    const refusal = refusePage(request, gate) ?? gate.refusalOf(this.#addressOf(request.raw));
    if (refusal === undefined) return undefined;
    metrics.count('ws_handshakes_refused_total', 1, { reason: refusal.label });
    logger.debug({ path: request.routeOptions.url, status: refusal.status }, 'stream refused');
    for (const [name, value] of Object.entries(refusal.headers ?? {})) reply.header(name, value);
    return sendProblem(reply, problemOf(refusal), refusal.status);
  }

  #open(endpoint: StreamEndpoint, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const response = reply.raw;
    // It went while its body was read, and nobody would ever tell the session.
    if (response.destroyed) return reply;
    reply.hijack();
    this.#begin(endpoint, reply);
    const handshake = this.#handshakeOf(endpoint, request);
    const connection = new StreamConnection();
    const socket = new ResponseSocket(response, {
      encodeClose: (disconnect) => {
        connection.code = disconnect.code;
        return endpoint.encodeClose(disconnect);
      },
      eventId: () => connection.receiver?.eventId?.(),
      handleEnding: () => this.#cutLater(response),
    });
    try {
      const receiver = endpoint.open(socket, handshake);
      connection.receiver = receiver;
      this.#follow(endpoint, { connection, socket, response });
      receiver.handleText(
        firstText(request, new URL(request.url, 'http://localhost').searchParams),
      );
    } catch (error) {
      this.#options.logger.error({ err: error, path: endpoint.path }, 'a stream failed');
      socket.terminate();
    }
    return reply;
  }

  /** From here on nothing can be refused any more, only ended. */
  #begin(endpoint: StreamEndpoint, reply: FastifyReply): void {
    const response = reply.raw;
    response.socket?.setNoDelay(true);
    response.socket?.setTimeout(0);
    // What plugins have set (CORS) is kept by the reply, which a hijacked response no longer asks.
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) response.setHeader(name, value);
    }
    response.writeHead(200, { ...HEADERS, 'content-type': endpoint.contentType });
    const opening = endpoint.encodeOpening?.();
    if (opening !== undefined) response.write(opening);
  }

  #follow(
    { name: protocol, transport }: StreamEndpoint,
    stream: {
      readonly connection: StreamConnection;
      readonly socket: ResponseSocket;
      readonly response: ServerResponse;
    },
  ): void {
    const { gate, metrics } = this.#options;
    const { connection, socket, response } = stream;
    gate.enter(connection);
    metrics.count('ws_connections_opened_total', 1, { protocol, transport });
    response.on('drain', () => socket.catchUp(() => connection.receiver?.handleDrain()));
    response.on('error', () => socket.terminate());
    response.on('close', () => {
      gate.leave(connection);
      metrics.count('ws_connections_closed_total', 1, {
        protocol,
        code: codeLabel(connection.code),
      });
      connection.receiver?.handleClosed(BROKEN_OFF);
    });
  }

  #cutLater(response: ServerResponse): void {
    const { clock, closeTimeoutMs } = this.#options;
    const cancel = clock.after(closeTimeoutMs, () => response.destroy());
    response.on('close', cancel);
  }

  #handshakeOf({ path }: StreamEndpoint, request: FastifyRequest): HandshakeRequest {
    const { headers } = request;
    return {
      path,
      params: {},
      query: new URL(request.url, 'http://localhost').searchParams,
      authorization: headers.authorization,
      userAgent: headers['user-agent'],
      acceptLanguage: headers['accept-language'],
      remoteAddress: this.#addressOf(request.raw),
      lastEventId: textOf(headers['last-event-id']),
    };
  }

  #addressOf(request: IncomingMessage): string {
    return remoteAddressOf(request, this.#options.isProxyTrusted);
  }
}

/** For `app.register`-like use: adds the endpoints' routes to a Fastify application. */
export const registerStreams = (app: FastifyInstance, options: StreamTransportOptions): void =>
  new StreamTransport(options).register(app);
