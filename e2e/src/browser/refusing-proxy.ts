/** A proxy as some networks have one: it passes HTTP and refuses WebSocket, and more where asked to. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RefusingProxy {
  readonly url: string;
  /** Paths that were refused, each once. */
  readonly refused: ReadonlySet<string>;
  stop(): Promise<void>;
}

export async function startRefusingProxy(
  target: string,
  refuses: readonly string[] = [],
): Promise<RefusingProxy> {
  const { hostname, port } = new URL(target);
  const refused = new Set<string>();
  const server = createServer((incoming, answer) => {
    const { method, url: path = '/', headers } = incoming;
    if (refuses.includes(path)) {
      refused.add(path);
      answer.writeHead(405).end();
      return;
    }
    const outgoing = request({ hostname, port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  server.on('upgrade', ({ url = '/' }, socket) => {
    refused.add(url);
    socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
