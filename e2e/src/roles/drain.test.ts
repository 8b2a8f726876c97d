/** A process that is told to stop: red first, then no newcomers, then its people at the set pace. */
import { startServer } from '@carillon/testkit';
import { expect, test, vi } from 'vitest';
import { PlainClient } from '../plain/plain-client.ts';

const RATE = 20;

test('after DRAIN_DELAY the port closes, and DRAIN_RATE is the pace for those who are connected', async () => {
  const server = await startServer({ env: { DRAIN_DELAY: '1s', DRAIN_RATE: String(RATE) } });
  const clients = await Promise.all(
    Array.from({ length: RATE }, () => PlainClient.open(`${server.wsUrl}/ws`)),
  );
  const closedAt: number[] = [];
  for (const client of clients) {
    void client.closed.then(() => closedAt.push(performance.now()));
  }
  const since = performance.now();
  process.kill(server.pid, 'SIGTERM');
  await vi.waitFor(async () => {
    const ready = await fetch(`${server.url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ status: 'draining' });
  });
  // Whom the load balancer still sends here is served.
  const late = await PlainClient.open(`${server.wsUrl}/ws`);
  late.send('in time');
  expect(await late.next()).toBe('Echo: in time');
  expect(closedAt).toEqual([]);

  expect(await clients[0]?.closed).toMatchObject({ code: 1001 });
  expect(performance.now() - since).toBeGreaterThan(950);
  await expect(PlainClient.open(`${server.wsUrl}/ws`)).rejects.toThrow('ECONNREFUSED');
  expect(await server.exited).toBe(0);
  expect(closedAt).toHaveLength(RATE);
  const [first = 0] = closedAt;
  const span = (closedAt.at(-1) ?? 0) - first;
  expect(span).toBeGreaterThan(700);
  await server.stop();
});

test('a second signal, later, ends it at once', async () => {
  const server = await startServer({ env: { DRAIN_DELAY: '1m' } });
  process.kill(server.pid, 'SIGTERM');
  await vi.waitFor(() => expect(server.output()).toContain('draining'));
  // One that follows within a second counts as the same: it may have come two ways.
  const again = setInterval(() => process.kill(server.pid, 'SIGTERM'), 300);
  void server.exited.then(() => clearInterval(again));
  expect(await server.exited).toBe(1);
  expect(server.output()).toContain('second signal');
  await server.stop();
});
