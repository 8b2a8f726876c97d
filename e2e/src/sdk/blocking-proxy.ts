/** An HTTP proxy as some offices have it: it refuses what it does not know, and can be told to refuse more. */
import { once } from 'node:events';
import { type IncomingMessage, createServer, request } from 'node:http';
import type { Duplex } from 'node:stream';

export type Way = 'websocket' | 'http_stream' | 'sse';

export interface BlockingProxy {
  readonly url: string;
  /** Refused from now on; those that are open stay. */
  readonly blocked: Set<Way>;
  /** What was asked for, in order: the last part of each path. */
  readonly asked: string[];
  close(): Promise<void>;
}

const wayOf = ({ url = '' }: IncomingMessage): string =>
  new URL(url, 'http://proxy').pathname.split('/').at(-1) ?? '';

export const startBlockingProxy = async (port: number): Promise<BlockingProxy> => {
  const blocked = new Set<string>();
  const asked: string[] = [];
  const server = createServer((incoming, response) => {
    const way = wayOf(incoming);
    if (way !== 'emulation') asked.push(way);
    if (blocked.has(way)) {
      response.writeHead(403).end();
      return;
    }
    const { method, headers, url: path } = incoming;
    const onward = request({ host: '127.0.0.1', port, method, headers, path }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => {
    asked.push(wayOf(incoming));
    socket.on('error', () => socket.destroy());
    if (blocked.has('websocket')) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    const { method, headers, url: path } = incoming;
    const onward = request({ host: '127.0.0.1', port, method, headers, path });
    onward.on('upgrade', (answer, upstream) => {
      const lines = Object.entries(answer.headers).map(
        ([name, value]) => `${name}: ${String(value)}`,
      );
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      upstream.on('error', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
      upstream.pipe(socket).pipe(upstream);
    });
    onward.on('error', () => socket.destroy());
    onward.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    blocked: blocked as Set<Way>,
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
