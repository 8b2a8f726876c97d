import { expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { shareOf } from './workers-share.ts';

it('what each thread counts by itself is divided, rounded up; what all share is not', () => {
  const env = {
    MAX_CONNECTIONS: '1000',
    CONNECT_RATE: '100/1s',
    DRAIN_RATE: '0',
    WS_MAX_CONNECTIONS_PER_USER: '5',
  };
  const config = loadConfig({ env });
  const { settings, ...rest } = shareOf(config, 3);
  expect(settings).toMatchObject({
    maxConnections: 334,
    connectRate: { count: 34, perMs: 1000 },
    // 0 is no limit, also of a part.
    drainRate: 0,
    maxConnectionsPerUser: 5,
    commandRate: config.settings.commandRate,
  });
  expect(rest).toMatchObject({ port: config.port, host: config.host, kind: config.kind });
});
