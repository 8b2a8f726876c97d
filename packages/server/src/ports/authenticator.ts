import type { Outcome, RawJson } from '@carillon/protocol';
import type { Eventually } from './eventually.ts';

/** Who a connection or request speaks for. Comes from verified claims only. */
export interface Identity {
  /** The token's `sub`; '' is the anonymous user. */
  readonly user: string;
  /** Unix seconds, from `exp`; absent: never. */
  readonly expiresAt?: number;
  /** `info` claim: shown to others with publications and presence. */
  readonly info?: RawJson;
  /** `channels` claim: subscribed by the server at connect. */
  readonly channels?: readonly string[];
  /** `admin: true`. */
  readonly isAdmin?: boolean;
  /** `user` is a name that nobody verified: a connection, but not one of the users that are counted. */
  readonly isGuest?: boolean;
}

export interface SubscriptionGrant {
  readonly user: string;
  readonly channel: string;
  readonly expiresAt?: number;
  readonly info?: RawJson;
}

/** Failures: `unauthorized` (forged, malformed, wrong audience), `token_expired`. */
export interface Authenticator {
  verifyConnection(token: string): Eventually<Outcome<Identity>>;
  verifySubscription(token: string): Eventually<Outcome<SubscriptionGrant>>;
}
