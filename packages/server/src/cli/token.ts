import { createTokenSigner } from '../adapters/auth-jwt/token-signer.ts';
import { parseDuration } from '../config/duration.ts';
import { loadConfig } from '../config/load-config.ts';
import { secretsOf } from '../roles/secrets.ts';
import type { CommandLine } from './command-line.ts';
import { overridesOf } from './command-line.ts';

export async function token(line: CommandLine): Promise<number> {
  const { sub, ttl = '1h', channel, channels, admin } = line;
  if (sub === undefined || sub === '') {
    console.error('carillon token: say for whom, for example: carillon token --sub alice');
    return 2;
  }
  const ttlMs = parseDuration(ttl);
  if (ttlMs === undefined || ttlMs === 0) {
    console.error(`carillon token: --ttl "${ttl}" is not a duration; write for example 1h`);
    return 2;
  }
  const config = loadConfig({ env: process.env, file: line.config, overrides: overridesOf(line) });
  const { jwtSecret } = secretsOf(config);
  if (jwtSecret === undefined) {
    console.error('carillon token: only tokens of a JWT_SECRET can be made here; it is not set');
    return 1;
  }
  const { jwtAudience, jwtIssuer } = config.settings;
  const signer = createTokenSigner({
    secret: jwtSecret,
    ...(jwtAudience === undefined ? {} : { audience: jwtAudience }),
    ...(jwtIssuer === undefined ? {} : { issuer: jwtIssuer }),
  });
  const claims = {
    sub,
    ...(channel === undefined ? {} : { channel }),
    ...(channels === undefined ? {} : { channels: channels.split(',') }),
    ...(admin === true ? { admin: true } : {}),
  };
  console.log(await signer.sign(claims, { ttlMs }));
  return 0;
}
