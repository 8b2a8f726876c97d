/** Who a handshake or request speaks for: the CredentialResolver over tokens and tickets. */
import { type Outcome, fail, ok } from '@carillon/protocol';
import type { Authenticator, Identity } from '../ports/authenticator.ts';
import type { CredentialResolver, CredentialSource } from '../ports/credentials.ts';
import type { TicketOffice } from '../ports/ticket-office.ts';

export interface CredentialResolverOptions {
  readonly authenticator: Authenticator;
  readonly tickets: TicketOffice;
}

const BEARER = /^Bearer +(\S+) *$/i;

/**
 * The first that is present decides, also when it is bad: falling back to a weaker one would let
 * a link in a page override who is logged in. Schemes other than Bearer are not ours to judge.
 */
export const createCredentialResolver = ({
  authenticator,
  tickets,
}: CredentialResolverOptions): CredentialResolver => ({
  async resolve({
    query,
    authorization,
  }: CredentialSource): Promise<Outcome<Identity | undefined>> {
    if (authorization !== undefined && /^bearer\b/i.test(authorization)) {
      const token = BEARER.exec(authorization)?.[1];
      return token === undefined ? fail('unauthorized') : authenticator.verifyConnection(token);
    }
    const ticket = query.get('ticket');
    if (ticket !== null) {
      const identity = await tickets.redeem(ticket);
      return identity === undefined ? fail('unauthorized') : ok(identity);
    }
    const token = query.get('token');
    return token === null ? ok(undefined) : authenticator.verifyConnection(token);
  },
});
