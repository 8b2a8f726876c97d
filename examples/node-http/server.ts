/**
 * Carillon inside an application that has its own HTTP server: the shop answers `/checkout`, and the
 * buyer's pages learn of it at once. Run: npm run example:node
 */
import { createServer } from 'node:http';
import { createCarillon } from '@carillon/server';

const carillon = await createCarillon({
  // The shop has no page of its own: Carillon's start page shows the bell.
  pages: true,
  dataDir: process.env['DATA_DIR'] ?? './data/example-node-http',
  namespaces: [
    { name: 'shop', subscribe: 'anyone', history: { size: 100, ttl: '10m' }, recover: true },
  ],
});

const server = createServer((request, response) => {
  void answer(request.url ?? '/').then(({ status, body }) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
});

async function answer(url: string): Promise<{ status: number; body: object }> {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (pathname !== '/checkout') return { status: 404, body: { error: 'try /checkout?user=alice' } };
  const user = searchParams.get('user') ?? 'alice';
  const notified = await carillon.notify([user], {
    title: 'Order received',
    content: 'We are packing it.',
    type: 'success',
  });
  await carillon.publish('shop:orders', { type: 'order_created', user });
  return notified.ok
    ? { status: 201, body: { ordered: true } }
    : { status: 503, body: { error: notified.message ?? notified.error } };
}

// Only Carillon's own paths are taken over (/ws, /connection, /api, /chat …); all others stay ours.
carillon.attach(server);
server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  console.log(`The shop is open at http://127.0.0.1:${port}/checkout?user=alice`);
  console.log(`Watch alice's bell:    http://127.0.0.1:${port}/`);
});

process.once('SIGTERM', () => {
  void carillon.close().then(() => server.close());
});
