/** What a request for the notification stream says: who asks, and what they have already. */
import { fail, ok, type Outcome } from '@carillon/protocol';
import type { FastifyRequest } from 'fastify';
import type { InboxService } from '../../domain/inbox/inbox-service.ts';
import type { Identity } from '../../ports/authenticator.ts';
import type { CredentialResolver } from '../../ports/credentials.ts';

export const queryOf = (request: FastifyRequest): URLSearchParams =>
  new URL(request.url, 'http://localhost').searchParams;

/** Failures: `unauthorized`, `token_expired`. */
export const identify = async (
  credentials: CredentialResolver,
  request: FastifyRequest,
): Promise<Outcome<Identity>> => {
  const { authorization } = request.headers;
  const resolved = await credentials.resolve({ query: queryOf(request), authorization });
  if (!resolved.ok) return resolved;
  const identity = resolved.value;
  return identity === undefined || identity.user === '' ? fail('unauthorized') : ok(identity);
};

/** What the client says it has; undefined when it says nothing that we could have told it. */
const lastEventId = (request: FastifyRequest): number | undefined => {
  const header = request.headers['last-event-id'];
  const raw = typeof header === 'string' ? header : queryOf(request).get('last_event_id');
  return raw !== null && /^\d{1,15}$/.test(raw) ? Number(raw) : undefined;
};

/**
 * The inbox position to go on from. A new client begins at the present. One that claims to be
 * further than the inbox (restored from a backup) must not wait until the inbox has caught up.
 */
export const startingPoint = async (
  inbox: InboxService,
  user: string,
  request: FastifyRequest,
): Promise<Outcome<number>> => {
  const newest = await inbox.list(user, { filter: 'all', limit: 1 });
  if (!newest.ok) return newest;
  const present = newest.value.items[0]?.seq ?? 0;
  return ok(Math.min(lastEventId(request) ?? present, present));
};
