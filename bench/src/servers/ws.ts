/**
 * Bare `ws`: an upgrade, a set of sockets per group, `send()` in a loop with one shared buffer, and
 * the ping that its README recommends. No authentication: this is the floor, not a product.
 */
import { createServer } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import type { BenchServer } from './calls.ts';
import { hostServer } from './host.ts';
import { listenOnFreePort } from './listen.ts';

const PING_INTERVAL_MS = 25_000;

hostServer(async (): Promise<BenchServer> => {
  const groups = new Map<number, Set<WebSocket>>();
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on('connection', (socket, request) => {
    const group = Number(new URL(request.url ?? '/', 'ws://host').searchParams.get('group'));
    const members = groups.get(group) ?? new Set();
    groups.set(group, members.add(socket));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => members.delete(socket));
  });
  setInterval(() => {
    for (const socket of server.clients) socket.ping();
  }, PING_INTERVAL_MS);
  return {
    port: await listenOnFreePort(http),
    publish(group, message) {
      const bytes = Buffer.from(JSON.stringify(message));
      for (const socket of groups.get(group) ?? []) socket.send(bytes, { binary: false });
    },
    failures: () => 0,
  };
});
