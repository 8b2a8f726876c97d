/** The scenarios of the `centrifuge` package, commands and recovery, with the server on Redis. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type RedisServer,
  startRedis,
} from '../../../packages/testkit/src/servers/redis-server.ts';
import { engineEnv } from '../native/native-server.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
  engineEnv['REDIS_URL'] = redis.url;
});
afterAll(() => redis.stop());

await import('../native/sdk.test.ts');
await import('../native/recovery.test.ts');

it('all that went over Redis', async () => {
  const keys = await redis.command('--scan', '--pattern', 'carillon:{news*');
  expect(keys.split('\n').length).toBeGreaterThan(2);
});
