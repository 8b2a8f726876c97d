/** Log-in by ADMIN_PASSWORD, with its limit of wrong passwords. */
import type { RateRule } from '../core/rate-limit.ts';
import { KeyedRateLimit } from '../core/rate-limit.ts';
import type { AdminLogin } from '../http/admin-login.ts';
import { createAdminLogin } from '../http/admin-login.ts';
import { createConsoleTokens } from '../http/console-tokens.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { rateKeyOf } from '../transports/websocket/remote-address.ts';

const SECONDS_PER_TRY = 30;
/** Wrong passwords of one address (IPv6: one /64). */
const FAILED_LOGINS: RateRule = { burst: 10, perSecond: 1 / SECONDS_PER_TRY };
const MAX_ADDRESSES = 10_000;

/** Undefined: no password is set. */
export function adminLoginOf(
  password: string | undefined,
  { clock, logger }: { readonly clock: Pick<Clock, 'monotonic' | 'now'>; readonly logger: Logger },
): AdminLogin | undefined {
  if (password === undefined) return undefined;
  const limit = new KeyedRateLimit(FAILED_LOGINS, MAX_ADDRESSES);
  return createAdminLogin({
    password,
    logger,
    tokens: createConsoleTokens(password, clock),
    failedLogins: {
      retryAfterSeconds: SECONDS_PER_TRY,
      isExhausted: (address) => !limit.has(rateKeyOf(address), clock.monotonic()),
      add: (address) => void limit.take(rateKeyOf(address), clock.monotonic()),
    },
  });
}
