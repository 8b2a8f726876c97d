import { parseDuration } from '../config/duration.ts';
import { loadConfig } from '../config/load-config.ts';
import { tokenSignerOf } from '../roles/tokens.ts';
import type { CommandLine } from './command-line.ts';
import { overridesOf } from './command-line.ts';
import { print, printError } from './terminal.ts';

export async function token(line: CommandLine): Promise<number> {
  const { sub: user, ttl = '1h', channel } = line;
  if (user === undefined || user === '') {
    printError('carillon token: say for whom, for example: carillon token --sub alice');
    return 2;
  }
  const ttlMs = parseDuration(ttl);
  if (ttlMs === undefined || ttlMs < 1000) {
    printError(`carillon token: --ttl "${ttl}" is not a duration; write for example 1h`);
    return 2;
  }
  const config = loadConfig({ env: process.env, file: line.config, overrides: overridesOf(line) });
  const signer = tokenSignerOf(config);
  if (signer === undefined) {
    printError('carillon token: only tokens of a JWT_SECRET can be made here; it is not set');
    return 1;
  }
  const lifetimeSeconds = Math.floor(ttlMs / 1000);
  print(
    channel === undefined
      ? await signer.connectionToken({
          user,
          lifetimeSeconds,
          ...(line.channels === undefined ? {} : { channels: line.channels.split(',') }),
          ...(line.admin === undefined ? {} : { isAdmin: line.admin }),
        })
      : await signer.subscriptionToken({ user, channel, lifetimeSeconds }),
  );
  return 0;
}
