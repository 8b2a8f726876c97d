/**
 * The application's own server side, small enough to live in Vite's: who is signed in, tokens for the
 * browser, and what it says to Carillon with its API key. An example: any name will do, and the cookie
 * is not signed. A real application checks a password and uses its session library here.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const { CARILLON_URL, JWT_SECRET, API_KEY } = process.env;
const COOKIE = 'example_user';
const TOKEN_SECONDS = 600;
const STEPS = ['Collecting', 'Counting', 'Drawing', 'Printing'];
const STEP_MS = Number(process.env.STEP_MS ?? 1_000);

/** A JWT (HS256) that says who somebody is; any JWT library makes the same. */
function tokenFor(user) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: user, exp: Math.floor(Date.now() / 1_000) + TOKEN_SECONDS };
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${body}.${createHmac('sha256', JWT_SECRET).update(body).digest('base64url')}`;
}

async function callCarillon(path, body) {
  const response = await fetch(`${CARILLON_URL}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': API_KEY },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${path}: ${answer.detail ?? response.status}`);
  return answer;
}

/** Answers at once; the work goes on, and tells how far it is. */
async function makeReport(owner) {
  const task = `/api/v1/tasks/report-${randomUUID()}`;
  await callCarillon(`${task}/start`, {
    owner,
    title: 'Monthly report',
    total_steps: STEPS.length,
  });
  const work = async () => {
    for (const [at, message] of STEPS.entries()) {
      await pause(STEP_MS);
      const progress = (100 * (at + 1)) / STEPS.length;
      await callCarillon(`${task}/progress`, { message, step: at + 1, progress });
    }
    await callCarillon(`${task}/complete`, { message: 'Ready', result: { pages: 12 } });
  };
  work().catch((error) => console.error(error));
  return { started: true };
}

/** What needs somebody who is signed in. */
const ROUTES = {
  'GET /backend/token': (user) => ({ token: tokenFor(user) }),
  'POST /backend/ring': (user) =>
    callCarillon('/api/v1/notifications', {
      users: [user],
      title: 'Order shipped',
      content: 'It arrives on Friday.',
      type: 'success',
      link: '/reports',
    }),
  'POST /backend/report': makeReport,
  // One conversation per pair: the same again brings the first.
  'POST /backend/support': (user) =>
    callCarillon('/api/v1/conversations', {
      kind: 'direct',
      members: [user, user === 'support' ? 'alice' : 'support'],
    }),
};

const userOf = ({ headers }) => {
  const found = new RegExp(`(?:^|; )${COOKIE}=([^;]*)`).exec(headers.cookie ?? '')?.[1];
  return found === undefined || found === '' ? null : decodeURIComponent(found);
};

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname === '/backend/session') {
    if (request.method === 'GET') return send(response, 200, { user: userOf(request) });
    const name = request.method === 'POST' ? (searchParams.get('name') ?? '').trim() : '';
    const value = encodeURIComponent(name);
    response.setHeader('set-cookie', `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax`);
    return send(response, 200, { user: name === '' ? null : name });
  }
  const route = ROUTES[`${request.method} ${pathname}`];
  const user = userOf(request);
  if (route === undefined) return send(response, 404, { error: 'no such route' });
  if (user === null) return send(response, 401, { error: 'nobody is signed in' });
  send(response, 200, await route(user));
}

/** A Vite plugin that answers `/backend/…`. */
export const backend = () => ({
  name: 'example-backend',
  configureServer: ({ middlewares }) => {
    middlewares.use((request, response, next) => {
      if (!request.url.startsWith('/backend/')) return next();
      answer(request, response).catch((error) => {
        console.error(error);
        send(response, 502, { error: String(error) });
      });
    });
  },
});
