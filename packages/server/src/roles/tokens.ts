/** Signing for the command line, the banner and demo log-ins, where the shared secret is known. */
import { createSystemClock } from '../adapters/clock-system/system-clock.ts';
import type { TokenSigner } from '../adapters/auth-jwt/token-signer.ts';
import { createTokenSigner } from '../adapters/auth-jwt/token-signer.ts';
import type { Config } from '../config/load-config.ts';
import { secretsOf } from './secrets.ts';

/** Undefined where only public keys are configured. */
export function tokenSignerOf(config: Config): TokenSigner | undefined {
  const { jwtSecret: secret } = secretsOf(config);
  if (secret === undefined) return undefined;
  const { jwtAudience, jwtIssuer } = config.settings;
  return createTokenSigner({
    secret,
    ...(jwtAudience === undefined ? {} : { audience: jwtAudience }),
    ...(jwtIssuer === undefined ? {} : { issuer: jwtIssuer }),
    clock: createSystemClock(),
  });
}
