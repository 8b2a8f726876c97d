/** How requests and upgrades reach a process: on a port of its own, or on somebody else's server. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpApp } from '../http/http-app.ts';
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

/** Without a WebSocket side every upgrade is refused, unless somebody else takes it. */
export function takeUpgrades(server: Server, sockets: WebSocketSide | undefined): void {
  server.on('upgrade', (request, socket, head) => {
    if (sockets?.transport.handleUpgrade(request, socket, head) === true) return;
    refuseUnlessTaken(server, socket);
  });
}

/** With nobody else to take it, an upgrade to an unknown path would hang. */
function refuseUnlessTaken(server: Server, socket: Duplex): void {
  if (server.listenerCount('upgrade') > 1) return;
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
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
