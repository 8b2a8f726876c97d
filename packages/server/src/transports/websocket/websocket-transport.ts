/**
 * The WebSocket transport: takes upgrades from any http.Server, refuses the bad ones with the
 * right status, and hands what comes in to the endpoint of the path. It knows no protocol and no
 * user; the limits before authentication are its own (limits.ts).
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { PLAIN_CLOSES } from '@carillon/protocol';
import { type Server, type ServerOptions, WebSocketServer } from 'ws';
import { swapRemove } from '../../core/swap-remove.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { HandshakeRequest, WebSocketEndpoint } from '../../ports/websocket-endpoint.ts';
import { ConnectGate } from '../connect-gate.ts';
import { EndpointRouter, type RouteMatch } from './endpoint-router.ts';
import { type Refusal, checkHandshake, refuseUpgrade } from './handshake.ts';
import { DEFAULT_WEBSOCKET_LIMITS, type WebSocketLimits } from './limits.ts';
import { firstFrameOf, QUICK_SUBPROTOCOL } from './quick-connect.ts';
import { remoteAddressOf } from './remote-address.ts';
import { TrafficTally } from './traffic-tally.ts';
import {
  type ConnectionHost,
  OwnedWebSocket,
  WebSocketConnection,
} from './websocket-connection.ts';

export interface WebSocketTransportOptions {
  readonly endpoints: readonly WebSocketEndpoint[];
  /** Exact origins of web pages that may connect; `*`: all. Default: pages of the same host. */
  readonly allowedOrigins?: readonly string[];
  /** Take the client's address from X-Forwarded-For. Default false. */
  readonly isProxyTrusted?: boolean;
  readonly limits?: Partial<WebSocketLimits>;
  /** Shared with other transports of the process, with origins of its own. Default: one for this transport. */
  readonly gate?: ConnectGate;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface WebSocketTransport {
  /** For an http.Server's 'upgrade' event. False: no endpoint of ours has this path, nothing was done. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Open at present. */
  readonly connections: number;
  /** Refuses new ones, closes the rest with 1001 and resolves when none is left, at most `closeTimeoutMs` later. */
  close(): Promise<void>;
}

/**
 * The subprotocols there are: an SDK's, and the one with a quick connect. Others are not echoed: some clients carry a token in that header,
 * and one that insists on Protobuf must not believe that it got it.
 */
const SUBPROTOCOL = 'centrifuge-json';

const REFUSALS = {
  closing: {
    status: 503,
    label: 'closing',
    message: 'The server is shutting down.',
    headers: { 'Retry-After': '1' },
  },
  undecodable: { status: 400, label: 'malformed', message: 'The path is not valid UTF-8.' },
} as const satisfies Record<string, Refusal>;

/** Options of `ws` that its type package does not know yet. */
interface NewerOptions {
  readonly maxFragments: number;
  readonly maxBufferedChunks: number;
  readonly maxPendingAutoPongs: number;
  readonly closeTimeout: number;
}

const serverOptions = (
  limits: WebSocketLimits,
): ServerOptions<typeof OwnedWebSocket> & NewerOptions => ({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  WebSocket: OwnedWebSocket,
  maxPayload: limits.maxFrameBytes,
  maxFragments: limits.maxFragments,
  maxBufferedChunks: limits.maxBufferedChunks,
  maxPendingAutoPongs: limits.maxPendingPongs,
  closeTimeout: limits.closeTimeoutMs,
  handleProtocols: (offered) =>
    (offered.has(SUBPROTOCOL) && SUBPROTOCOL) ||
    (offered.has(QUICK_SUBPROTOCOL) && QUICK_SUBPROTOCOL),
});

/** Read by everybody, changed by nobody. */
const NO_QUERY = new URLSearchParams();

interface Accepted {
  readonly request: IncomingMessage;
  readonly match: RouteMatch;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly remoteAddress: string;
  /** Came with the handshake. */
  readonly firstFrame: Buffer | undefined;
}

const handshakeOf = ({
  request,
  match,
  path,
  query,
  remoteAddress,
}: Accepted): HandshakeRequest => ({
  path,
  params: match.params,
  query,
  authorization: request.headers.authorization,
  userAgent: request.headers['user-agent'],
  acceptLanguage: request.headers['accept-language'],
  remoteAddress,
});

class Transport implements WebSocketTransport, ConnectionHost {
  readonly #options: WebSocketTransportOptions;
  readonly #limits: WebSocketLimits;
  readonly #router: EndpointRouter;
  readonly #gate: ConnectGate;
  readonly #server: Server<typeof OwnedWebSocket>;
  /** Each knows its place, so that one can leave without a search, and without a table of all. */
  readonly #open: WebSocketConnection[] = [];
  readonly #traffic: TrafficTally;
  /** Set once closing; called when the last connection is gone. */
  #resolveClosed: (() => void) | undefined;

  constructor(options: WebSocketTransportOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_WEBSOCKET_LIMITS, ...options.limits };
    this.#router = new EndpointRouter(options.endpoints);
    this.#gate = options.gate ?? new ConnectGate({ ...options, limits: this.#limits });
    this.#traffic = new TrafficTally(options.metrics, options.clock);
    this.#server = new WebSocketServer(serverOptions(this.#limits));
  }

  get connections(): number {
    return this.#open.length;
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const url = request.url ?? '/';
    const queryAt = url.indexOf('?');
    const path = queryAt === -1 ? url : url.slice(0, queryAt);
    const match = this.#router.match(path);
    if (match === undefined) return false;
    const remoteAddress = remoteAddressOf(request, this.#options.isProxyTrusted ?? false);
    const refuse = (refusal: Refusal) => this.#refuse(socket, refusal, { path, remoteAddress });
    if (match === 'undecodable') {
      refuse(REFUSALS.undecodable);
      return true;
    }
    const refusal = this.#refusalOf(request, remoteAddress);
    if (refusal !== undefined) {
      refuse(refusal);
      return true;
    }
    const query = queryAt === -1 ? NO_QUERY : new URLSearchParams(url.slice(queryAt + 1));
    const firstFrame =
      match.endpoint.takesQuickConnect === true
        ? firstFrameOf(request.headers['sec-websocket-protocol'])
        : undefined;
    if (firstFrame !== undefined) {
      // `ws` would look at each character of what is no name of a protocol.
      request.headers['sec-websocket-protocol'] = QUICK_SUBPROTOCOL;
      socket.cork();
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      const protocol = match.endpoint.name;
      const connection = new WebSocketConnection({ ws, socket, host: this, protocol });
      this.#accept(connection, { request, match, path, query, remoteAddress, firstFrame });
    });
    // After the tick's flush, so that the answer to the handshake leaves with that to the frame.
    if (firstFrame !== undefined) this.#options.clock.defer(() => socket.uncork());
    return true;
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#resolveClosed = resolve;
    if (this.#open.length === 0) resolve();
    for (const connection of this.#open) connection.close(PLAIN_CLOSES.going_away);
    const cancel = this.#options.clock.after(this.#limits.closeTimeoutMs, () => {
      for (const connection of this.#open) connection.terminate();
    });
    await promise;
    cancel();
  }

  /** @internal */
  countFrame(bytes: number): void {
    this.#traffic.countFrame(bytes);
  }

  /** @internal */
  reportViolation(error: Error): void {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
    this.#options.metrics.count('ws_errors_total', 1, { code });
    this.#options.logger.debug({ code }, 'a WebSocket connection broke');
  }

  /** @internal */
  reportBug(error: unknown): void {
    this.#options.logger.error({ err: error }, 'a WebSocket endpoint failed');
  }

  /** @internal */
  forget(connection: WebSocketConnection, code: number): void {
    this.#traffic.countClosed(connection.protocol, code);
    this.#remove(connection);
    this.#gate.leave(connection);
    if (this.#open.length === 0) this.#resolveClosed?.();
  }

  #refusalOf(request: IncomingMessage, remoteAddress: string): Refusal | undefined {
    if (this.#resolveClosed !== undefined) return REFUSALS.closing;
    return checkHandshake(request, this.#gate.origins) ?? this.#gate.refusalOf(remoteAddress);
  }

  /** Only if it is there. */
  #remove(connection: WebSocketConnection): void {
    const { place } = connection;
    if (this.#open[place] !== connection) return;
    const moved = swapRemove(this.#open, place);
    if (moved !== undefined) moved.place = place;
  }

  #refuse(socket: Duplex, refusal: Refusal, fields: object): void {
    const { logger, metrics } = this.#options;
    metrics.count('ws_handshakes_refused_total', 1, { reason: refusal.label });
    logger.debug({ ...fields, status: refusal.status }, 'handshake refused');
    refuseUpgrade(socket, refusal);
  }

  #accept(connection: WebSocketConnection, accepted: Accepted): void {
    connection.place = this.#open.push(connection) - 1;
    this.#traffic.countOpened(connection.protocol);
    try {
      connection.receiver = accepted.match.endpoint.open(connection, handshakeOf(accepted));
      const { firstFrame } = accepted;
      if (firstFrame !== undefined) connection.handleMessage(firstFrame, false);
    } catch (error) {
      connection.fail(error);
    }
    this.#gate.enter(connection);
  }
}

export const createWebSocketTransport = (options: WebSocketTransportOptions): WebSocketTransport =>
  new Transport(options);
