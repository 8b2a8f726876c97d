/**
 * What accepting a connection costs at the least when somebody must say who they are: bare `ws`
 * that checks an HS256 token and answers the native protocol's connect and subscribe with constant
 * text. It keeps nothing and can do nothing else; P3 shows how far Carillon is from it.
 */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { isValidToken } from './bearer.ts';
import type { BenchServer } from './calls.ts';
import { hostServer } from './host.ts';
import { listenOnFreePort } from './listen.ts';

interface Command {
  readonly connect?: { readonly token: string };
}

const CONNECTED = '{"id":1,"connect":{"client":"1","version":"1","ping":25,"pong":true}}';
const SUBSCRIBED = '{"id":2,"subscribe":{"recoverable":true,"epoch":"1","positioned":true}}';

hostServer(async ({ secret }): Promise<BenchServer> => {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.on('error', () => socket.terminate());
    socket.on('message', (data: Buffer) => {
      const commands = data.toString().split('\n');
      // The bench's own client is the only one that ever speaks to this server.
      const { connect } = JSON.parse(commands[0] ?? '') as Command;
      if (!isValidToken(connect?.token, secret)) return socket.terminate();
      for (const rest of commands.slice(1)) JSON.parse(rest);
      socket.send(`${CONNECTED}\n${SUBSCRIBED}`);
    });
  });
  return {
    port: await listenOnFreePort(http),
    publish: () => undefined,
    failures: () => 0,
  };
});
