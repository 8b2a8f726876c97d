import { ok } from '@carillon/protocol';
import { expect, test } from 'vitest';
import { ANONYMOUS } from './actor.ts';
import { bindClient, DEFAULT_CLIENT_SETTINGS } from './client.ts';
import { createDispatcher } from './dispatcher.ts';

const ignore = (): void => {};
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => logger };

test('anybody is told how to connect', async () => {
  const dispatcher = createDispatcher({
    bindings: bindClient({ ...DEFAULT_CLIENT_SETTINGS, maxReconnectAttempts: 3 }),
    logger,
    random: { next: () => 0, id: () => '' },
  });
  expect(await dispatcher.call('client.settings', {}, { actor: ANONYMOUS })).toEqual(
    ok({
      output: {
        connection_timeout_ms: 20_000,
        heartbeat_interval_ms: 30_000,
        max_reconnect_attempts: 3,
        reconnect_min_ms: 2_000,
        reconnect_max_ms: 30_000,
      },
      isRepeat: false,
    }),
  );
});
