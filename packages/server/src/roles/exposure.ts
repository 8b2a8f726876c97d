/**
 * Whether people without a token are let in. In development on loopback they are; a server that an
 * embedding program opened to the network closes the door again, whatever HOST said.
 */
import type { Server } from 'node:http';
import type { Config } from '../config/load-config.ts';
import type { Logger } from '../ports/logger.ts';
import type { AnonymousPolicy } from '../protocols/plain/plain-deps.ts';

export interface Exposure extends AnonymousPolicy {
  /** Looks at where the server listens, now or as soon as it does. */
  watch(server: Server): void;
}

export function createExposure(config: Config, logger: Logger): Exposure {
  const { allowAnonymous, insecure } = config.settings;
  let isLocal = config.isLoopback && !config.isProduction;
  const look = (server: Server): void => {
    const address = server.address();
    if (!isLocal || address === null || isLoopbackAddress(address)) return;
    isLocal = false;
    logger.warn(
      {},
      'the server can be reached from outside: anonymous access and demo log-ins are closed',
    );
  };
  return {
    get open() {
      return insecure || isLocal;
    },
    byAllowAnonymous: allowAnonymous,
    watch(server) {
      if (server.listening) look(server);
      else server.once('listening', () => look(server));
    },
  };
}

function isLoopbackAddress(address: NonNullable<ReturnType<Server['address']>>): boolean {
  if (typeof address === 'string') return true;
  return address.address === '::1' || address.address.startsWith('127.');
}
