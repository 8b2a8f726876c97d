/** What this application's server side says to Carillon: tokens for its users, and calls with its API key. */
import { createHmac } from 'node:crypto';

const { CARILLON_URL, JWT_SECRET, API_KEY } = process.env;
const TOKEN_SECONDS = 600;

/** A JWT (HS256) that says who somebody is; any JWT library makes the same. */
export function tokenFor(user) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: user, exp: Math.floor(Date.now() / 1000) + TOKEN_SECONDS };
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${body}.${createHmac('sha256', JWT_SECRET).update(body).digest('base64url')}`;
}

export async function callCarillon(path, body) {
  const response = await fetch(`${CARILLON_URL}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': API_KEY },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${path}: ${answer.detail ?? response.status}`);
  return answer;
}
