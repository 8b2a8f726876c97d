import type { Outcome } from '@carillon/protocol';
import type { Identity } from './authenticator.ts';

export interface CredentialSource {
  readonly query: URLSearchParamsLike;
  readonly authorization?: string | undefined;
}

/** The two reading methods, because core and ports compile without DOM and Node types. */
export interface URLSearchParamsLike {
  get(name: string): string | null;
  has(name: string): boolean;
}

/**
 * Who a handshake or request speaks for: `Authorization: Bearer`, `?ticket=`, `?token=`, in this
 * order. `value` undefined: nothing was presented. A presented but bad credential is a failure.
 */
export interface CredentialResolver {
  resolve(source: CredentialSource): Promise<Outcome<Identity | undefined>>;
}
