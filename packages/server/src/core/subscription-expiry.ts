/** Ends a subscription whose grant ran out and was not renewed within the grace. */
import { fail, ok, UNSUBSCRIBES } from '@carillon/protocol';
import type { Outcome } from '@carillon/protocol';
import type { SubscriptionGrant } from '../ports/authenticator.ts';
import type { CoreContext } from './core-context.ts';
import type { Subscription } from './subscription.ts';
import { WheelCallback } from './timer-wheel.ts';

/** A grant without end, or none, makes the subscription last. */
export function scheduleExpiry(
  subscription: Subscription,
  grant: SubscriptionGrant | undefined,
  context: CoreContext,
): Outcome<void> {
  const { wheel, clock, limits } = context;
  const expiresAt = grant?.expiresAt;
  if (expiresAt !== undefined && expiresAt * 1000 <= clock.now()) return fail('token_expired');
  subscription.expiresAt = expiresAt;
  if (subscription.expiry !== undefined) wheel.cancel(subscription.expiry);
  subscription.expiry = undefined;
  if (expiresAt === undefined) return ok(undefined);
  const expiry = new WheelCallback(() => {
    const remainingMs = remaining(expiresAt);
    if (remainingMs > 0) wheel.schedule(expiry, remainingMs);
    else subscription.subscriber.handleUnsubscribed(subscription, UNSUBSCRIBES.expired);
  });
  const remaining = (at: number): number => at * 1000 + limits.expiredGraceMs - clock.now();
  subscription.expiry = expiry;
  wheel.schedule(expiry, remaining(expiresAt));
  return ok(undefined);
}
