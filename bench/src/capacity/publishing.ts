/**
 * What publishing over HTTP costs the process that is asked, for costs.ts:
 *   node --conditions=@carillon/source bench/src/capacity/publishing.ts
 * A server as users run it, asked over a few kept connections; its own word on the CPU it took.
 */
import { startServer, type RunningServer } from '@carillon/testkit';
import { Pool } from 'undici';

const IN_FLIGHT = 32;
const WARM_UP = 10_000;
const MEASURED = 40_000;

const server = await startServer({ env: { HTTP_RATE: '1000000/1s', LOG_LEVEL: 'warn' } });
const pool = new Pool(server.url, { connections: IN_FLIGHT });
await publish(WARM_UP);
const before = await cpuSeconds(server);
const startedAt = performance.now();
await publish(MEASURED);
const seconds = (performance.now() - startedAt) / 1000;
const cpu = (await cpuSeconds(server)) - before;
console.log(
  `${Math.round(MEASURED / seconds)} publications/s over HTTP, ${((cpu * 1e6) / MEASURED).toFixed(0)} µs of CPU each`,
);
await pool.close();
await server.stop();

async function publish(count: number): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const body = { channel: `room:${(next += 1) % 100}`, data: { text: 'x'.repeat(180) } };
      const answer = await pool.request({
        path: '/api/publish',
        method: 'POST',
        headers: { 'X-API-Key': server.apiKey, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`publish answered ${answer.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
}

async function cpuSeconds({ url }: RunningServer): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(/^carillon_process_cpu_seconds_total (\S+)/mu.exec(page)?.[1]);
}
