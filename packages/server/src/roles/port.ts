/** How requests and upgrades reach a process: on a port of its own, or on somebody else's server. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { HttpApp } from '../http/http-app.ts';
import { NOT_FOUND, type Refusal, refuseUpgrade } from '../transports/websocket/handshake.ts';
import type { ApplicationContext } from './application.ts';
import type { WebSocketSide } from './websocket-side.ts';

export interface PortOptions extends ApplicationContext {
  readonly isSecure: boolean;
}

/** Opens the configured port; answers the one taken. */
export async function openPort(
  { app }: HttpApp,
  { config, thread, isSecure }: PortOptions,
): Promise<{ port: number; url: string }> {
  await app.listen({ port: config.port, host: config.host, ...thread?.listen });
  const port = portOf(app.server);
  return { port, url: `${isSecure ? 'https' : 'http'}://${urlHost(config.host)}:${port}` };
}

/** The proxy in front, or the client, tries another process. */
const CLOSING: Refusal = {
  status: 503,
  label: 'closing',
  message: 'The server is shutting down.',
  headers: { 'Retry-After': '1' },
};

export interface UpgradeTakers {
  /** Undefined: this process has no WebSocket side. */
  readonly sockets: WebSocketSide | undefined;
  /** A handshake may still come on a connection that was open before the port was closed. */
  readonly isPortClosed: () => boolean;
}

/** What is not ours is refused, unless somebody else takes it. */
export function takeUpgrades(server: Server, { sockets, isPortClosed }: UpgradeTakers): void {
  server.on('upgrade', (request, socket, head) => {
    if (isPortClosed()) refuseUpgrade(socket, CLOSING);
    else if (sockets?.transport.handleUpgrade(request, socket, head) !== true) {
      // With nobody else to take it, it would hang.
      if (server.listenerCount('upgrade') === 1) refuseUpgrade(socket, NOT_FOUND);
    }
  });
}

/** Our paths first; every other request goes to the listeners that were there before. */
export function takeRequests(server: Server, http: HttpApp): void {
  const others = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (http.handleRequest(request, response)) return;
    // Nobody else listens: our answer to an unknown path is better than none.
    if (others.length === 0) http.app.routing(request, response);
    for (const other of others) Reflect.apply(other, server, [request, response]);
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** An address to open in a browser: all addresses means this machine too, and IPv6 needs brackets. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
