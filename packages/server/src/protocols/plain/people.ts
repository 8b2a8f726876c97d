/**
 * A person in a room: the name others see, and the user the core knows.
 *
 * They differ only for a name that nobody verified on a server that is open to the world
 * (ALLOW_ANONYMOUS): it must not count as the registered user of the same name, who would seem to
 * be online, get no push, and find their private messages read by somebody else.
 */
import type { ClientInfo } from '@carillon/protocol';
import type { Random } from '../../ports/clock.ts';

/** Before the user id of who only claims a name. */
const UNVERIFIED = '~';

export interface Person {
  readonly name: string;
  /** What the session is authenticated as. */
  readonly user: string;
}

export const verifiedPerson = (user: string): Person => ({ name: user, user });

/** @param isTrusted development on loopback, where a name is taken at its word. */
export const claimedPerson = (name: string, isTrusted: boolean): Person => ({
  name,
  // A name that begins with the mark gets one more, or it would be shown without its own.
  user: isTrusted && !name.startsWith(UNVERIFIED) ? name : `${UNVERIFIED}${name}`,
});

/** How others see a connection. People without any name are called as their messages are. */
export const nameOf = ({ user, client }: ClientInfo): string => {
  if (user === '') return `guest-${client.slice(0, 4)}`;
  return user.startsWith(UNVERIFIED) ? user.slice(UNVERIFIED.length) : user;
};

const SUFFIX_CHARACTERS = 6;

/** A name for who did not say one; long enough that two guests do not become one person. */
export const guestName = (random: Random): string => {
  const digits = Math.floor(random.next() * 36 ** SUFFIX_CHARACTERS).toString(36);
  return `guest-${digits.padStart(SUFFIX_CHARACTERS, '0')}`;
};
