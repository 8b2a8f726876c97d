import { DISCONNECTS, PLAIN_CLOSES } from '@carillon/protocol';
import { describe, expect, it } from 'vitest';
import { plainClose } from './plain-listener.ts';

/** What the core and the plain endpoints end connections with, and backends by `users.disconnect`. */
const USED = [
  'shutdown',
  'server_error',
  'expired',
  'slow',
  'insufficient_state',
  'force_reconnect',
  'no_pong',
  'invalid_token',
  'stale',
  'force_no_reconnect',
  'connection_limit',
  'permission_denied',
  'too_many_errors',
] as const;

describe('close codes of plain clients', () => {
  it.each(USED)('%s is told by a close of the plain table', (name) => {
    expect(Object.values(PLAIN_CLOSES)).toContainEqual(plainClose(DISCONNECTS[name]));
  });

  it('a close of the plain table is told as it is', () => {
    for (const close of [PLAIN_CLOSES.done, PLAIN_CLOSES.full, PLAIN_CLOSES.not_found]) {
      expect(plainClose(close)).toEqual(close);
    }
  });

  it('what a backend chose is told as it is', () => {
    for (const code of [3503, 4001]) {
      expect(plainClose({ code, reason: 'banned' })).toEqual({ code, reason: 'banned' });
    }
  });
});
