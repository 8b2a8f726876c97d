/** Who may do what in a channel. Decides, and knows neither sessions nor channels' state. */
import type { SubscriptionGrant } from '../ports/authenticator.ts';
import type { ChannelPolicy } from '../ports/channel-policy.ts';
import type { AccessRule } from '../ports/namespace.ts';

export interface AccessRequest {
  readonly rule: AccessRule;
  readonly user: string;
  readonly channel: string;
  readonly grant?: SubscriptionGrant | undefined;
  readonly nowMs: number;
}

export interface Access {
  /** Immediate wherever the policy's answer is, so that a cached membership costs no promise. */
  isAllowed(request: AccessRequest): boolean | Promise<boolean>;
  readonly isInsecure: boolean;
}

export function createAccess(policy: ChannelPolicy, isInsecure: boolean): Access {
  return {
    isInsecure,
    isAllowed(request) {
      const { rule, user, channel } = request;
      if (isInsecure) return true;
      if (rule === 'none') return false;
      if (request.grant !== undefined) return isGrantFor(request.grant, request);
      switch (rule) {
        case 'anyone':
          return true;
        case 'authenticated':
          return user !== '';
        case 'owner':
          return user !== '' && policy.isOwner(user, channel);
        case 'member':
          return user !== '' && policy.isMember(user, channel);
        case 'token':
          return false;
      }
    },
  };
}

/** A grant opens the one channel it names, for the one user it names, while it lasts. */
function isGrantFor(grant: SubscriptionGrant, request: AccessRequest): boolean {
  if (grant.channel !== request.channel || grant.user !== request.user) return false;
  return grant.expiresAt === undefined || grant.expiresAt * 1000 > request.nowMs;
}
