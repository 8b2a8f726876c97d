import { expect, test } from 'vitest';
import { createFakeClock } from '../../../testkit/src/fake-clock.ts';
import { createConsoleTokens, isConsoleToken } from './console-tokens.ts';

const PASSWORD = 'correct horse battery';
const MINUTE_MS = 60_000;

test('a token is good for half an hour, on every process with the same password', async () => {
  const clock = createFakeClock();
  const { token, expiresAt } = createConsoleTokens(PASSWORD, clock).issue();
  const elsewhere = createConsoleTokens(PASSWORD, clock);
  expect(isConsoleToken(token)).toBe(true);
  expect(expiresAt - clock.now()).toBe(30 * MINUTE_MS);
  expect(elsewhere.verify(token)).toBe(true);
  await clock.advance(30 * MINUTE_MS);
  expect(elsewhere.verify(token)).toBe(false);
});

test('a new password ends the tokens of the old one', () => {
  const clock = createFakeClock();
  const { token } = createConsoleTokens(PASSWORD, clock).issue();
  expect(createConsoleTokens(`${PASSWORD}!`, clock).verify(token)).toBe(false);
});

test('a token that was changed in any place is none', () => {
  const clock = createFakeClock();
  const tokens = createConsoleTokens(PASSWORD, clock);
  const { token } = tokens.issue();
  for (let at = 0; at < token.length - 1; at += 1) {
    const other = token[at] === 'a' ? 'b' : 'a';
    const changed = token.slice(0, at) + other + token.slice(at + 1);
    if (changed !== token) expect(tokens.verify(changed)).toBe(false);
  }
  for (const text of ['', 'console.', 'console.a.b.c', `${token}x`, `x${token}`]) {
    expect(tokens.verify(text)).toBe(false);
  }
});

test('it renews while in use, for twelve hours after the password was given', async () => {
  const clock = createFakeClock();
  const tokens = createConsoleTokens(PASSWORD, clock);
  let current = tokens.issue();
  for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
    await clock.advance(20 * MINUTE_MS);
    const next = tokens.renew(current.token);
    if (next === undefined) break;
    current = next;
  }
  expect(tokens.renew(current.token)).toBeUndefined();
  expect(tokens.verify(current.token)).toBe(false);
  await clock.advance(31 * MINUTE_MS);
  expect(tokens.renew(current.token)).toBeUndefined();
});
