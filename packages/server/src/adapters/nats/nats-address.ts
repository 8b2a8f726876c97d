/**
 * NATS_URL as the client wants it. `nats://[user:password@|token@]host[:port]`, `tls://` for TLS; a
 * bare `host:port` will do. All servers are of one cluster, so the first credentials count for all.
 */
export interface NatsAddresses {
  /** `host:port` each. */
  readonly servers: string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  readonly tls?: Record<string, never>;
}

const DEFAULT_PORT = '4222';

/** @throws Error that names the setting, for what is no address. */
export function parseNatsAddresses(urls: readonly string[]): NatsAddresses {
  const parsed = urls.map(parse);
  const withCredentials = parsed.find(({ username }) => username !== '');
  const isTls = parsed.some(({ protocol }) => protocol === 'tls:');
  return {
    servers: parsed.map(({ hostname, port }) => `${hostname}:${port === '' ? DEFAULT_PORT : port}`),
    ...(withCredentials === undefined ? {} : credentialsOf(withCredentials)),
    ...(isTls ? { tls: {} } : {}),
  };
}

function parse(url: string): URL {
  const text = url.trim();
  try {
    return new URL(text.includes('://') ? text : `nats://${text}`);
  } catch {
    throw new Error('NATS_URL: one of its addresses is none; write nats://host:port');
  }
}

function credentialsOf({ username, password }: URL): Partial<NatsAddresses> {
  const user = decodeURIComponent(username);
  return password === '' ? { token: user } : { user, pass: decodeURIComponent(password) };
}
