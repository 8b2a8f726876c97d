import { describe, expect, it } from 'vitest';
import { claimedPerson, guestName, nameOf, verifiedPerson } from './people.ts';
import { privateChannel } from './plain-channels.ts';

describe('people', () => {
  it('a name taken at its word is the user of that name', () => {
    expect(claimedPerson('alice', true)).toEqual(verifiedPerson('alice'));
  });

  it('a claimed name is not the registered user of that name, but is shown as claimed', () => {
    const claimed = claimedPerson('alice', false);
    expect(claimed.user).not.toBe('alice');
    expect(claimed.name).toBe('alice');
    expect(nameOf({ user: claimed.user, client: 'c1' })).toBe('alice');
  });

  it('a claimed name is shown as it is, even when it looks marked', () => {
    const { name, user } = claimedPerson('~bob', true);
    expect(nameOf({ user, client: 'c1' })).toBe(name);
  });

  it('an SDK without a name is called as in its messages', () => {
    expect(nameOf({ user: '', client: 'abcdefgh' })).toBe('guest-abcd');
  });

  it('a guest gets a name of fixed form', () => {
    expect(guestName({ next: () => 0, id: () => '' })).toBe('guest-000000');
    expect(guestName({ next: () => 0.999_999_999, id: () => '' })).toMatch(/^guest-[0-9a-z]{6}$/);
  });

  it('no room and user share a private channel with another room and user', () => {
    expect(privateChannel('a:b', 'c')).not.toBe(privateChannel('a', 'b:c'));
  });
});
