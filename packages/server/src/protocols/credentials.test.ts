import { fail, ok } from '@carillon/protocol';
import { describe, expect, it } from 'vitest';
import { createCredentialResolver } from './credentials.ts';

const resolver = createCredentialResolver({
  authenticator: {
    verifyConnection: async (token) =>
      token.startsWith('good-') ? ok({ user: token.slice(5) }) : fail('unauthorized'),
    verifySubscription: async () => fail('unauthorized'),
  },
  tickets: {
    issue: () => ({ ticket: '', expiresInMs: 0 }),
    redeem: (ticket) => (ticket === 't1' ? { user: 'by-ticket' } : undefined),
  },
});

const userOf = async (query: string, authorization?: string): Promise<string | undefined> => {
  const outcome = await resolver.resolve({ query: new URLSearchParams(query), authorization });
  return outcome.ok ? outcome.value?.user : outcome.error;
};

describe('credentials', () => {
  it('come from the header, a ticket or the query', async () => {
    expect(await userOf('', 'Bearer good-a')).toBe('a');
    expect(await userOf('', 'bearer  good-a')).toBe('a');
    expect(await userOf('ticket=t1')).toBe('by-ticket');
    expect(await userOf('token=good-b')).toBe('b');
    expect(await userOf('')).toBeUndefined();
  });

  it('the first that is present decides, also when it is bad', async () => {
    expect(await userOf('ticket=t1&token=good-b', 'Bearer bad')).toBe('unauthorized');
    expect(await userOf('ticket=used&token=good-b')).toBe('unauthorized');
    expect(await userOf('token=good-b', 'Bearer')).toBe('unauthorized');
    expect(await userOf('ticket=t1&token=bad')).toBe('by-ticket');
    expect(await userOf('token=')).toBe('unauthorized');
  });

  it('another scheme is not a credential of ours', async () => {
    expect(await userOf('token=good-b', 'Basic eHg6eXk=')).toBe('b');
  });
});
