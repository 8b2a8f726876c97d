/**
 * Links to a file's content: whoever has one may read it, without a log-in, until it expires.
 * Who is given one is the service's to say.
 */
import { fail, type Failure } from '@carillon/protocol';
import type { Clock } from '../../ports/clock.ts';
import type { LinkSigner } from '../../ports/link-signer.ts';

export interface UploadLink {
  /** A path of this server. */
  readonly url: string;
  /** ms since 1970. */
  readonly expiresAt: number;
}

export interface LinkClaim {
  /** As they stand in the link. */
  readonly expires: string;
  readonly signature: string;
}

export interface UploadLinks {
  make(id: string): UploadLink;
  /** `permission_denied`, `expired`; undefined when the link holds. */
  check(id: string, claim: LinkClaim): Failure | undefined;
}

export interface UploadLinksDeps {
  readonly signer: LinkSigner;
  readonly clock: Pick<Clock, 'now'>;
  readonly ttlMs: number;
}

export const uploadPath = (id: string): string => `/api/v1/uploads/${id}`;

export function createUploadLinks({ signer, clock, ttlMs }: UploadLinksDeps): UploadLinks {
  const claimOf = (id: string, expires: string): string => `${id} ${expires}`;
  return {
    make(id) {
      const expires = Math.floor((clock.now() + ttlMs) / 1000);
      const signature = signer.sign(claimOf(id, String(expires)));
      const url = `${uploadPath(id)}/content?expires=${expires}&signature=${signature}`;
      return { url, expiresAt: expires * 1000 };
    },
    check(id, { expires, signature }) {
      if (!/^\d{1,12}$/.test(expires) || !signer.verify(claimOf(id, expires), signature)) {
        return fail('permission_denied', 'the link is not one of ours: ask for the upload again');
      }
      return clock.now() >= Number(expires) * 1000
        ? fail('expired', 'the link has expired: ask for the upload again')
        : undefined;
    },
  };
}
