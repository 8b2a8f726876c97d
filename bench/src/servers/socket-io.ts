/** Socket.IO as its manual sets it up, WebSocket transport only: token in a middleware, one room per group. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { isValidToken } from './bearer.ts';
import type { BenchServer } from './calls.ts';
import { hostServer } from './host.ts';
import { listenOnFreePort } from './listen.ts';

hostServer(async ({ secret }): Promise<BenchServer> => {
  const http = createServer();
  const io = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    pingInterval: 25_000,
  });
  io.use((socket, next) => {
    const isValid = isValidToken(socket.handshake.auth['token'], secret);
    next(isValid ? undefined : new Error('unauthorized'));
  });
  io.on('connection', (socket) => {
    void socket.join(`group:${String(socket.handshake.auth['group'])}`);
  });
  return {
    port: await listenOnFreePort(http),
    publish(group, message) {
      io.to(`group:${group}`).emit('message', message);
    },
    failures: () => 0,
  };
});
