import type { Identity } from './authenticator.ts';
import type { Eventually } from './eventually.ts';

/** Single-use connection tickets (≤ 60 s), so that no long-lived secret stands in a URL. */
export interface TicketOffice {
  issue(identity: Identity): Eventually<{ ticket: string; expiresInMs: number }>;
  /** The identity, once; undefined when unknown, used or too old. */
  redeem(ticket: string): Eventually<Identity | undefined>;
}
