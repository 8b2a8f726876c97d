import type { Identity } from './authenticator.ts';

/** Single-use connection tickets (≤ 60 s), so that no long-lived secret stands in a URL. */
export interface TicketOffice {
  issue(identity: Identity): { ticket: string; expiresInMs: number };
  /** The identity, once; undefined when unknown, used or too old. */
  redeem(ticket: string): Identity | undefined;
}
