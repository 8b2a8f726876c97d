import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../testkit/src/fake-clock.ts';
import { ConfigError } from '../config/load-config.ts';
import { shownUrl, startPart } from './start-part.ts';

const named = { setting: 'REDIS_URL', target: 'redis://cache:6379' };

async function problemOf(reason: unknown): Promise<string> {
  const start = { ...named, open: () => Promise.reject(reason) };
  const error: unknown = await startPart(createFakeClock(), start).catch((thrown) => thrown);
  if (error instanceof ConfigError) return error.problems.join();
  throw error;
}

describe('a part that cannot start', () => {
  it('is one problem with the setting, the address, the reason and the fix', async () => {
    expect(await problemOf(new Error('connect ECONNREFUSED'))).toBe(
      'REDIS_URL: redis://cache:6379 cannot be used (connect ECONNREFUSED); start it, or correct REDIS_URL',
    );
  });

  it('keeps the words of an adapter that names the setting', async () => {
    expect(await problemOf(new Error('REDIS_URL: wrong password; ask its owner'))).toBe(
      'REDIS_URL: wrong password; ask its owner',
    );
  });

  it('names the reasons of all addresses once', async () => {
    const refused = new Error('connect ECONNREFUSED');
    expect(await problemOf(new AggregateError([refused, refused]))).toContain(
      '(connect ECONNREFUSED)',
    );
  });
});

describe('a part that does not answer', () => {
  it('is given up in time, and let go of should it start after all', async () => {
    const clock = createFakeClock();
    const opening = Promise.withResolvers<{ close(): Promise<void> }>();
    const closed = Promise.withResolvers<void>();
    const starting = startPart(clock, { ...named, timeoutMs: 9_500, open: () => opening.promise });
    const refused = expect(starting).rejects.toThrow('no answer within 9.5 s');
    await clock.advance(9_500);
    await refused;
    opening.resolve({ close: async () => closed.resolve() });
    await closed.promise;
  });

  it('may take its time where no limit is set', async () => {
    const clock = createFakeClock();
    const opening = Promise.withResolvers<{ close(): Promise<void> }>();
    const starting = startPart(clock, { ...named, open: () => opening.promise });
    await clock.advance(600_000);
    const part = { close: async () => {} };
    opening.resolve(part);
    expect(await starting).toBe(part);
  });
});

describe('an address that is shown', () => {
  it('has no user name and no password', () => {
    expect(shownUrl('postgresql://u:hunter2@db:5432/carillon')).toBe(
      'postgresql://db:5432/carillon',
    );
    expect(shownUrl('redis://:hunter2@cache:6379')).toBe('redis://cache:6379');
    expect(shownUrl('hunter2')).toBe('the address that is set');
  });
});
