/**
 * TLS in this process (D3): a server that speaks https and wss, and takes a renewed certificate
 * while it runs. Files are looked at regularly rather than watched: that works through the symbolic
 * links of certbot and Kubernetes and on network file systems alike.
 */
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:https';
import { unwatchFile, watchFile } from 'node:fs';
import { createSystemClock } from '../adapters/clock-system/system-clock.ts';
import type { CertificatePaths } from '../config/certificate.ts';
import { readCertificate } from '../config/certificate.ts';
import { ConfigError } from '../config/load-config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { ApplicationContext } from './application.ts';

export interface TlsServer {
  readonly createServer: (handler: RequestListener) => Server;
  /** Takes the files as they are now; bad ones are logged, and what was in force stays. */
  reload(): void;
  close(): void;
}

const LOOK_EVERY_MS = 1_000;
/** Certificate and key are written one after the other. */
const SETTLE_MS = 1_000;
/** As the server without TLS has them. */
const KEEP_ALIVE_MS = 72_000;
const REQUEST_TIMEOUT_MS = 30_000;
const MINIMUM_VERSION = 'TLSv1.2';

/**
 * Undefined: no certificate is configured.
 * @throws ConfigError when the files cannot be used.
 */
export function createTlsServer({ config, logger }: ApplicationContext): TlsServer | undefined {
  const { settings } = config;
  const first = readCertificate(settings);
  if (first === undefined) return undefined;
  if (!first.ok) throw new ConfigError([first.problem]);
  return new ReloadingServer(settings, first.value, { clock: createSystemClock(), logger });
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}

class ReloadingServer implements TlsServer {
  readonly #paths: CertificatePaths;
  readonly #deps: { readonly clock: Clock; readonly logger: Logger };
  #pair: Pair;
  #server: ReturnType<typeof createServer> | undefined;
  #cancelReload: (() => void) | undefined;

  constructor(
    paths: CertificatePaths,
    pair: Pair,
    deps: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.#paths = paths;
    this.#pair = pair;
    this.#deps = deps;
    for (const path of this.#files()) {
      watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, this.#handleChange);
    }
  }

  readonly createServer = (handler: RequestListener): Server => {
    const { cert, key } = this.#pair;
    const limits = { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_TIMEOUT_MS };
    this.#server = createServer({ cert, key, minVersion: MINIMUM_VERSION, ...limits }, handler);
    return this.#server;
  };

  reload(): void {
    const { logger } = this.#deps;
    const read = readCertificate(this.#paths);
    if (read?.ok !== true) {
      logger.error(
        { reason: read?.problem },
        'the new certificate cannot be used; the one before stays in force',
      );
      return;
    }
    const { cert, key, expiresAt } = read.value;
    if (cert === this.#pair.cert && key === this.#pair.key) return;
    this.#pair = { cert, key };
    this.#server?.setSecureContext({ cert, key, minVersion: MINIMUM_VERSION });
    logger.info({ expires: new Date(expiresAt).toISOString() }, 'certificate renewed');
  }

  close(): void {
    this.#cancelReload?.();
    for (const path of this.#files()) unwatchFile(path, this.#handleChange);
  }

  readonly #handleChange = (): void => {
    this.#cancelReload?.();
    this.#cancelReload = this.#deps.clock.after(SETTLE_MS, () => this.reload());
  };

  #files(): readonly string[] {
    const { tlsCertPath, tlsKeyPath } = this.#paths;
    return [tlsCertPath, tlsKeyPath].filter((path) => path !== undefined);
  }
}
