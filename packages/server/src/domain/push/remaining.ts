/**
 * What is left of an outbox row after a try, written into the row's list of users: a plain user
 * (push by every sender, publish first), a user with one sender's name, or the publication itself.
 * So a sender that has done its part does not repeat it because another one failed.
 */

/** Unit separator: user ids have no control characters, so it cannot be part of one. */
const SEPARATOR = '\u001f';

/** The publication is still to be made. */
export const PUBLICATION = `${SEPARATOR}publication`;

export interface PushTarget {
  readonly user: string;
  /** Absent: every sender. */
  readonly sender?: string;
}

export const targetFor = (user: string, sender: string): string => `${user}${SEPARATOR}${sender}`;

/** Undefined for an entry that speaks of the publication. */
export function parseTarget(entry: string): PushTarget | undefined {
  if (entry === PUBLICATION) return undefined;
  const at = entry.indexOf(SEPARATOR);
  return at === -1 ? { user: entry } : { user: entry.slice(0, at), sender: entry.slice(at + 1) };
}

/** True for a row that nobody has published yet: as the services wrote it, or marked so after a failure. */
export const isUnpublished = (entries: readonly string[]): boolean =>
  entries.includes(PUBLICATION) || !entries.some((entry) => entry.includes(SEPARATOR));
