/** A TCP proxy in front of the server whose cable can be pulled: connections die without a goodbye. */
import { once } from 'node:events';
import { type Socket, connect, createServer } from 'node:net';

export interface CutProxy {
  readonly wsUrl: string;
  /** Ends all connections and takes no new ones until `mend`. */
  cut(): void;
  mend(): void;
  close(): void;
}

export const startCutProxy = async (port: number): Promise<CutProxy> => {
  const sockets = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    keep(client);
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = keep(connect({ port, host: '127.0.0.1' }));
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const destroyAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    wsUrl: `ws://127.0.0.1:${address.port}`,
    cut: () => {
      isCut = true;
      destroyAll();
    },
    mend: () => {
      isCut = false;
    },
    close: () => {
      destroyAll();
      server.close();
    },
  };
};
