import { expect, test } from 'vitest';
import type { LocalConnections } from '../../ports/connection-directory.ts';
import type { OutboxStore } from '../../ports/outbox-store.ts';
import type { ConnectionInfo } from '../../ports/server-api.ts';
import { createPrometheusMetrics } from './prometheus-metrics.ts';

const phone: ConnectionInfo = {
  connectionId: 'c',
  user: 'alice',
  deviceType: 'mobile',
  transport: 'websocket',
  protocol: 'native',
  connectedAt: 0,
};

const local: LocalConnections = {
  connections: () => [phone],
  countOf: () => 1,
  find: (query) => ('deviceType' in query && query.deviceType !== 'mobile' ? [] : [phone]),
  totals: () => ({ users: 1, connections: 1, byUser: new Map([['alice', 1]]) }),
};

const outboxWith = (stats: OutboxStore['stats']): OutboxStore => ({
  add: async () => 1,
  claim: async () => [],
  complete: async () => {},
  retry: async () => {},
  bury: async () => {},
  stats,
});

test('HTTP and WebSocket are families apart', async () => {
  const metrics = createPrometheusMetrics();
  metrics.count('ws_deliveries_total', 5);
  metrics.count('http_requests_total', 1, { method: 'GET', route: '/health', status: '200' });
  metrics.observe('http_request_seconds', 0.004, { method: 'GET', route: '/health' });
  const text = await metrics.render();
  expect(text).toContain('carillon_ws_deliveries_total 5');
  expect(text).toContain(
    'carillon_http_requests_total{method="GET",route="/health",status="200"} 1',
  );
  expect(text).toContain(
    'carillon_http_request_seconds_bucket{le="0.005",method="GET",route="/health"} 1',
  );
  expect(text).toContain('carillon_process_cpu_seconds_total');
});

test('a label that was not declared is left out instead of failing', async () => {
  const metrics = createPrometheusMetrics();
  metrics.count('push_total', 1, { provider: 'logging', result: 'delivered', user: 'alice' });
  const text = await metrics.render();
  expect(text).toContain('carillon_push_total{provider="logging",result="delivered"} 1');
  expect(text).not.toContain('alice');
});

test('who is connected and what waits is read at the scrape', async () => {
  const metrics = createPrometheusMetrics();
  metrics.watch({
    local,
    outbox: outboxWith(async () => ({ pending: 3, buried: 1, oldestAt: 10_000 })),
    now: () => 12_500,
  });
  const text = await metrics.render();
  expect(text).toContain('carillon_ws_online_users 1');
  expect(text).toContain('carillon_ws_connections_by_device{device="mobile"} 1');
  expect(text).toContain('carillon_outbox_pending 3');
  expect(text).toContain('carillon_outbox_oldest_seconds 2.5');
});

test('a store that does not answer leaves the other metrics readable', async () => {
  const metrics = createPrometheusMetrics();
  metrics.watch({
    local,
    outbox: outboxWith(() => Promise.reject(new Error('disk full'))),
    now: () => 0,
  });
  const text = await metrics.render();
  expect(text).not.toMatch(/^carillon_outbox_pending \d/m);
  expect(text).toContain('carillon_ws_connections 1');
});

test('whether the engine answers is asked at the scrape', async () => {
  let isAway = false;
  const check = (): Promise<void> =>
    isAway ? Promise.reject(new Error('away')) : Promise.resolve();
  const metrics = createPrometheusMetrics();
  metrics.watch({
    local,
    outbox: outboxWith(async () => ({ pending: 0, buried: 0 })),
    engine: { name: 'redis', healthChecks: [{ name: 'redis', check }] },
    now: () => 0,
  });
  expect(await metrics.render()).toContain('carillon_broker_connected{engine="redis"} 1');
  isAway = true;
  expect(await metrics.render()).toContain('carillon_broker_connected{engine="redis"} 0');
});
