/** The keys of backends. Only digests are kept, and compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';

export interface ApiKeyHolder {
  /** Names the key in logs, without showing it. */
  readonly label: string;
  /** What the key may do; every key may do everything until keys are given scopes. */
  readonly scopes: readonly string[];
}

export interface ApiKeys {
  /** Undefined: unknown key. */
  verify(presented: string): ApiKeyHolder | undefined;
}

const ALL_SCOPES = ['*'] as const;

const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest();

export const createApiKeys = (keys: readonly string[]): ApiKeys => {
  const holders = keys.map((key, index) => ({
    digest: digestOf(key),
    holder: { label: `key-${index + 1}`, scopes: ALL_SCOPES },
  }));
  return {
    verify: (presented) => {
      const digest = digestOf(presented);
      let found: ApiKeyHolder | undefined;
      // All keys are compared, so that the time does not tell which one nearly matched.
      for (const candidate of holders) {
        if (timingSafeEqual(candidate.digest, digest)) found = candidate.holder;
      }
      return found;
    },
  };
};
