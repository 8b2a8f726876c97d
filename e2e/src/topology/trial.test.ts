import { describe, expect, it } from 'vitest';
import { runTrial } from './trial.ts';

/** The same at full size: `npm run trial`; its figures are in docs/guarantees.md. */
describe('nginx, two HTTP, three WebSocket processes, a worker, Redis, PostgreSQL', () => {
  it('whatever is killed, stopped or restarted: nothing acknowledged is lost, no gap is silent, all hear the same order', async () => {
    const report = await runTrial({
      people: 200,
      messagesPerSecond: 20,
      notificationsPerSecond: 4,
      redisRestarts: 2,
      pubSubKills: 10,
      postgresRestarts: 2,
      note: () => undefined,
    });
    expect(report.violations).toEqual([]);
    expect(report.messages).toBeGreaterThan(200);
    expect(report.recovered).toBeGreaterThan(100);
  }, 240_000);
});
