/** The token of this connection: kept while it is good, and asked for again before it runs out. */
import type { ClientEnvironment } from '../environment.ts';

export interface TokenRequest {
  /** `refresh`: the connection is up, and stays so when the answer comes in time. */
  readonly reason: 'connect' | 'refresh';
  /** Aborted when the answer is of no use any more. */
  readonly signal: AbortSignal;
}

/** Null: nobody is signed in. A rejection is tried again later. */
export type GetToken = (request: TokenRequest) => Promise<string | null>;

/** Longer timers fire at once; a token that lasts longer is renewed earlier than it need be. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** How long before its end a token is renewed, at most. */
const LEAD_MS = 30_000;
const LEAD_PART = 0.25;

export interface Tokens {
  /** Undefined: this client has none. */
  readonly get: (signal: AbortSignal) => Promise<string | null | undefined>;
  /** Asks for a new one, for a connection that is up. */
  readonly renew: (signal: AbortSignal) => Promise<string | null>;
  /** Whether the last `get` asked for it. */
  readonly isNew: () => boolean;
  readonly forget: () => void;
  /**
   * The server has said how long it is good.
   * @param ttl seconds
   * @returns after how many milliseconds to renew it; undefined: never
   */
  readonly handleTtl: (ttl: number | undefined) => number | undefined;
}

export function createTokens(
  getToken: GetToken | undefined,
  { clock, random }: ClientEnvironment,
): Tokens {
  let kept: string | undefined;
  let goodUntil = Infinity;
  let isNew = false;

  const fetchToken = async (request: TokenRequest): Promise<string | null> => {
    const token = (await getToken?.(request)) ?? null;
    if (!request.signal.aborted) {
      kept = token ?? undefined;
      goodUntil = Infinity;
    }
    return token;
  };

  return {
    async get(signal) {
      if (!getToken) return undefined;
      isNew = kept === undefined || clock.monotonic() >= goodUntil;
      return isNew ? fetchToken({ reason: 'connect', signal }) : kept;
    },
    renew: (signal) => fetchToken({ reason: 'refresh', signal }),
    isNew: () => isNew,
    forget() {
      kept = undefined;
    },
    handleTtl(ttl) {
      if (!ttl || !getToken) return undefined;
      const ttlMs = ttl * 1000;
      goodUntil = clock.monotonic() + ttlMs;
      // Spread, for whoever issues the tokens: many clients have got theirs in the same second.
      const leadMs = Math.min(LEAD_MS, ttlMs * LEAD_PART) * (1 - random() / 2);
      return Math.min(MAX_TIMER_MS, ttlMs - leadMs);
    },
  };
}
