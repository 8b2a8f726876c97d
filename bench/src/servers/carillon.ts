/**
 * Carillon as a library on this process's HTTP server, through its public entry only. The rate
 * limits for newcomers are raised, because here thousands of clients come from one machine.
 */
import { createServer } from 'node:http';
import { createCarillon } from '@carillon/server';
import { channelOf } from '../load/dialects.ts';
import type { BenchServer } from './calls.ts';
import { hostServer } from './host.ts';
import { listenOnFreePort } from './listen.ts';

const UNLIMITED = '1000000/1s';

hostServer(async ({ secret, dataDir, settings }): Promise<BenchServer> => {
  const http = createServer();
  const carillon = await createCarillon({
    env: {},
    dataDir,
    jwtSecret: secret,
    logLevel: 'warn',
    maxConnections: 20_000,
    maxUnauthenticated: 20_000,
    connectRate: UNLIMITED,
    connectRatePerAddress: UNLIMITED,
    namespaces: [{ name: 'bench', history: { size: 100, ttl: '300s' }, recover: true }],
    ...settings,
  });
  carillon.attach(http);
  let failures = 0;
  const countFailure = (): void => {
    failures += 1;
  };
  return {
    port: await listenOnFreePort(http),
    publish(group, message) {
      carillon
        .publish(channelOf(group), message)
        .then((outcome) => (outcome.ok ? undefined : countFailure()), countFailure);
    },
    failures: () => failures,
  };
});
