/** `refresh` and `sub_refresh`: a newer token, for the connection or for one subscription. */
import {
  DISCONNECTS,
  type Outcome,
  type RefreshRequest,
  type SubRefreshRequest,
  encodeRefreshReply,
  encodeSubRefreshReply,
  fail,
  ok,
} from '@carillon/protocol';
import type { SubscriptionGrant } from '../../ports/authenticator.ts';
import type { Session } from '../../ports/connection-handler.ts';
import type { NativeContext } from './native-context.ts';
import { ttlUntil } from './subscription-reply.ts';

/**
 * The grant of a subscription token that is really for this user and channel. A forged one is
 * `permission_denied`: the protocol knows no terminal code for a single subscription.
 */
export const grantFor = async (
  { deps }: NativeContext,
  session: Session,
  { channel, token }: { readonly channel: string; readonly token: string },
): Promise<Outcome<SubscriptionGrant>> => {
  const grant = await deps.authenticator.verifySubscription(token);
  if (!grant.ok) return grant.error === 'unauthorized' ? fail('permission_denied') : grant;
  const isTheirs = grant.value.user === session.user && grant.value.channel === channel;
  return isTheirs ? grant : fail('permission_denied', 'the token is for another subscription');
};

/**
 * A token that ran out closes with 3005, so that an SDK comes back with a newer one; a forged one,
 * or one of another user, closes with 3500. As an error reply either would end the SDK for good.
 */
export const handleRefresh = async (
  { deps }: NativeContext,
  session: Session,
  { id, request }: { readonly id: number; readonly request: RefreshRequest },
): Promise<Outcome<string> | undefined> => {
  const identity = await deps.authenticator.verifyConnection(request.token);
  const refreshed = identity.ok ? session.refresh(identity.value) : identity;
  if (!refreshed.ok) {
    if (refreshed.error === 'token_expired') session.disconnect(DISCONNECTS.expired);
    else if (refreshed.error === 'unauthorized') session.disconnect(DISCONNECTS.invalid_token);
    else return refreshed;
    return undefined;
  }
  const expiresAt = identity.ok ? identity.value.expiresAt : undefined;
  const ttl = ttlUntil(expiresAt, deps.clock.now());
  const reply = { client: session.id, version: deps.version };
  return ok(encodeRefreshReply(id, ttl === undefined ? reply : { ...reply, ttl }));
};

export const handleSubRefresh = async (
  context: NativeContext,
  session: Session,
  { id, request }: { readonly id: number; readonly request: SubRefreshRequest },
): Promise<Outcome<string>> => {
  const grant = await grantFor(context, session, request);
  if (!grant.ok) return grant;
  const refreshed = session.refreshSubscription(grant.value);
  if (!refreshed.ok) return refreshed;
  const ttl = ttlUntil(grant.value.expiresAt, context.deps.clock.now());
  return ok(encodeSubRefreshReply(id, ttl));
};
