/** What the core says of a subscription, in the protocol's words. */
import type { SubscriptionReply } from '@carillon/protocol';
import type { SubscribeResult } from '../../ports/connection-handler.ts';

/** Whole seconds until then, at least one; undefined for what does not end. @param expiresAt Unix seconds. */
export const ttlUntil = (expiresAt: number | undefined, now: number): number | undefined =>
  expiresAt === undefined ? undefined : Math.max(1, Math.ceil(expiresAt - now / 1000));

export const subscriptionReply = (result: SubscribeResult, now: number): SubscriptionReply => {
  const { position, data, expiresAt } = result;
  const ttl = ttlUntil(expiresAt, now);
  return {
    recoverable: result.isRecoverable,
    positioned: result.isPositioned,
    epoch: position?.epoch ?? '',
    offset: position?.offset ?? 0,
    wasRecovering: result.wasRecovering,
    recovered: result.hasRecovered,
    publications: result.publications,
    ...(data !== undefined && { data }),
    ...(ttl !== undefined && { ttl }),
  };
};
