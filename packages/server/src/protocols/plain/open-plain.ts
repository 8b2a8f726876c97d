/** The common beginning of every plain connection: a session of the core, then the endpoint's own way in. */
import { DISCONNECTS } from '@carillon/protocol';
import { deviceTypeOf } from '../../domain/devices/device-type.ts';
import type { ClientSocket } from '../../ports/client-socket.ts';
import type { Heartbeat } from '../../ports/connection-handler.ts';
import type { HandshakeRequest } from '../../ports/websocket-endpoint.ts';
import type { WireFormat } from '../../ports/wire-format.ts';
import { chooseLanguage } from './language.ts';
import { PlainConnection } from './plain-connection.ts';
import type { PlainDeps } from './plain-deps.ts';
import { PLAIN_LISTENER } from './plain-listener.ts';

export interface PlainOpening {
  readonly socket: ClientSocket;
  readonly request: HandshakeRequest;
  /** Shared by all connections of the endpoint (and language). */
  readonly endpoint: {
    readonly name: string;
    readonly format: WireFormat;
    readonly heartbeat: Heartbeat;
  };
  /** Checks who it is and calls `begin`, or disconnects. */
  readonly enter: (connection: PlainConnection) => void | Promise<void>;
}

export const languageOf = (request: HandshakeRequest) =>
  chooseLanguage({
    explicit: request.query.get('lang'),
    acceptLanguage: request.acceptLanguage,
  });

export const openPlain = (deps: PlainDeps, opening: PlainOpening): PlainConnection => {
  const { socket, request, endpoint, enter } = opening;
  const session = deps.connections.open({
    socket,
    format: endpoint.format,
    listener: PLAIN_LISTENER,
    heartbeat: endpoint.heartbeat,
    transport: 'websocket',
    protocol: endpoint.name,
    deviceType: deviceTypeOf({
      explicit: request.query.get('device'),
      userAgent: request.userAgent,
    }),
    remoteAddress: request.remoteAddress,
  });
  const connection = new PlainConnection(deps, session, languageOf(request));
  // A throw is a bug or a failing device; the client is told, and nothing stays half open.
  const failed = (error: unknown): void => {
    deps.logger.error(
      { err: error, connection: session.id, endpoint: endpoint.name },
      'plain connection failed',
    );
    session.disconnect(DISCONNECTS.server_error);
  };
  const start = async (): Promise<void> => enter(connection);
  start().catch(failed);
  return connection;
};
