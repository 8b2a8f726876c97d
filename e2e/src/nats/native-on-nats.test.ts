/** The scenarios of the `centrifuge` package, commands and recovery, with the server on NATS. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '@nats-io/transport-node';
import { startNats } from '../../../packages/testkit/src/servers/nats-server.ts';
import type { NatsServer } from '../../../packages/testkit/src/servers/nats-server.ts';
import { engineEnv } from '../native/native-server.ts';

let nats: NatsServer;
beforeAll(async () => {
  nats = await startNats();
  engineEnv['NATS_URL'] = nats.url;
});
afterAll(() => nats.stop());

await import('../native/sdk.test.ts');
await import('../native/recovery.test.ts');

it('all that went over NATS', async () => {
  const connection = await connect({ servers: nats.url });
  const answer = await connection.request('$JS.API.STREAM.NAMES', '{}');
  expect(answer.json<{ streams: string[] }>().streams).toContain('carillon-history-news');
  await connection.close();
});
