import { expect, test } from 'vitest';
import { requestFor } from './console-api.ts';

test('what a question asks for stands in its query string, what is not given does not', () => {
  const route = { verb: 'GET', path: '/users' } as const;
  const input = { prefix: 'a b&c', limit: 50, cursor: undefined };
  expect(requestFor(route, input).url).toBe('/users?prefix=a+b%26c&limit=50');
  expect(requestFor(route, {})).toEqual({ url: '/users', headers: {}, init: { method: 'GET' } });
});

test('names in the path are written so that none of them can leave its place', () => {
  const route = { verb: 'POST', path: '/users/{user_id}/disconnect' } as const;
  const { url, init } = requestFor(route, { user_id: '../x?y', reconnect: true });
  expect(url).toBe('/users/..%2Fx%3Fy/disconnect');
  expect(init.body).toBe('{"reconnect":true}');
});

test('a field that is the whole body is sent as the body', () => {
  const route = { verb: 'POST', path: '/users/{user_id}/events', body: 'event' } as const;
  const { url, init } = requestFor(route, { user_id: 'ann', event: { type: 'hello' } });
  expect([url, init.body]).toEqual(['/users/ann/events', '{"type":"hello"}']);
});
