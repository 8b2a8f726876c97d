/** A server with two worker threads, and clients on the thread that a test wants. */
import { startServer } from '@carillon/testkit';
import type { RunningServer, ServerOptions } from '@carillon/testkit';
import { expect, vi } from 'vitest';
import { callApi } from '../native/native-server.ts';

const NAMESPACES = [
  {
    name: 'news',
    subscribe: 'authenticated',
    publish: 'authenticated',
    history: { size: 500, ttl: '300s' },
    recover: true,
    presence: true,
    joinLeave: true,
    slowConsumer: 'disconnect',
  },
];

const PRELOAD = new URL('./crash-on-signal.ts', import.meta.url).href;

export const startWorkers = (options: ServerOptions = {}): Promise<RunningServer> =>
  startServer({
    ...options,
    config: { namespaces: NAMESPACES },
    env: { WORKERS: '2', LEAVE_GRACE: '0s', NODE_OPTIONS: `--import=${PRELOAD}`, ...options.env },
  });

export type WorkerNumber = 1 | 2;

/** Chance puts so many connections in a row on one thread once in a million runs. */
const MAX_TRIES = 20;

/** Connections on each worker, by its number. */
export async function connectionsByWorker(server: RunningServer): Promise<[number, number]> {
  const answer = (await callApi(server, 'info', {})) as {
    readonly result: { readonly nodes: readonly { name: string; num_clients: number }[] };
  };
  const of = (number: WorkerNumber): number =>
    answer.result.nodes.find(({ name }) => name.endsWith(`/${number}`))?.num_clients ?? 0;
  return [of(1), of(2)];
}

/** Opens connections until the kernel has put one on this thread; the others are closed again. */
export async function onWorker<T>(
  server: RunningServer,
  number: WorkerNumber,
  make: { open(): Promise<T>; close(connection: T): unknown },
): Promise<T> {
  const before = await connectionsByWorker(server);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const connection = await make.open();
    const after = await connectionsByWorker(server);
    if ((after[number - 1] ?? 0) > (before[number - 1] ?? 0)) return connection;
    await make.close(connection);
    await vi.waitFor(async () => expect(await connectionsByWorker(server)).toEqual(before), 5_000);
  }
  throw new Error(`no connection landed on worker ${number}`);
}
