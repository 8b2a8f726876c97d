/**
 * Store, core and domain in the test's own process, wired as a role wires them: for tests of routes
 * that need other settings than a running server has. Nothing listens.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJwtAuthenticator } from '../../server/src/adapters/auth-jwt/jwt-authenticator.ts';
import { createTokenSigner } from '../../server/src/adapters/auth-jwt/token-signer.ts';
import { createMemoryBroker } from '../../server/src/adapters/broker-memory/memory-broker.ts';
import { createSystemClock } from '../../server/src/adapters/clock-system/system-clock.ts';
import { createSystemRandom } from '../../server/src/adapters/clock-system/system-random.ts';
import { createLocalControlBus } from '../../server/src/adapters/control-bus-local/local-control-bus.ts';
import { createPrometheusMetrics } from '../../server/src/adapters/metrics-prometheus/prometheus-metrics.ts';
import { createLocalDirectory } from '../../server/src/adapters/directory-local/local-directory.ts';
import { createMemoryPresenceStore } from '../../server/src/adapters/presence-memory/memory-presence-store.ts';
import { openSqliteStore } from '../../server/src/adapters/store-sql/sqlite-store.ts';
import { createMemoryTicketOffice } from '../../server/src/adapters/tickets-memory/memory-ticket-office.ts';
import { builtInNamespaces } from '../../server/src/config/namespace-config.ts';
import { createNode } from '../../server/src/core/node.ts';
import { createDomain } from '../../server/src/domain/domain.ts';
import { createDispatcher } from '../../server/src/procedures/dispatcher.ts';
import { bindProcedures } from '../../server/src/procedures/registry.ts';
import { createCredentialResolver } from '../../server/src/protocols/credentials.ts';
import { createApiKeys } from '../../server/src/http/api-keys.ts';
import { DEFAULT_HTTP_SETTINGS, type HttpAppDeps } from '../../server/src/http/http-deps.ts';
import { createRecordingLogger } from './recording-logger.ts';

const SECRET = 'a secret of more than thirty-two bytes';
export const IN_PROCESS_API_KEY = 'the-api-key';

export interface InProcessParts {
  /** For createHttpApp; override what a test is about. */
  readonly deps: HttpAppDeps;
  readonly tokenOf: (user: string, claims?: { isAdmin?: boolean }) => Promise<string>;
  /** Every log line, as JSON. */
  readonly log: string[];
  readonly close: () => Promise<void>;
}

/** The real parts in one process: SQLite in a temporary folder, the core, the domain. */
export const startParts = async (): Promise<InProcessParts> => {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-http-'));
  const webRoot = join(folder, 'public');
  await mkdir(join(webRoot, 'assets'), { recursive: true });
  await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>start</title>');
  await writeFile(join(webRoot, 'chat.html'), '<!doctype html><title>chat</title>');
  await writeFile(join(webRoot, 'assets', 'chat-Bx12_-9a.js'), 'export {};');
  const log: string[] = [];
  const logger = createRecordingLogger(({ fields, message }) =>
    log.push(JSON.stringify({ ...fields, message })),
  );
  const clock = createSystemClock();
  const random = createSystemRandom();
  const metrics = createPrometheusMetrics();
  const shared = { clock, random, logger, metrics };
  const store = await openSqliteStore({ path: join(folder, 'test.db'), logger, clock });
  const domain = createDomain({ ...shared, store, pushSenders: [] });
  const node = createNode({
    ...shared,
    broker: createMemoryBroker({ clock, random }),
    presenceStore: createMemoryPresenceStore(),
    controlBus: createLocalControlBus(),
    directory: createLocalDirectory(),
    identity: { id: 'node-1', name: 'test', version: '1.2.3', kind: 'combined' },
    policy: domain.policy,
    namespaces: builtInNamespaces({ isRoomOpen: false }),
  });
  domain.connect({ publisher: node, registry: node, channelAdmin: node, cluster: node });
  await node.start();
  domain.relay.start();
  metrics.watch({ local: node.local, outbox: store.outbox, now: () => clock.now() });
  const tickets = createMemoryTicketOffice({ clock, random });
  const authenticator = createJwtAuthenticator({ secret: SECRET, clock, logger });
  const signer = createTokenSigner({ secret: SECRET, clock });
  const bindings = bindProcedures({ ...domain, registry: node, connectionAdmin: node, tickets });
  return {
    log,
    tokenOf: (user, claims = {}) => signer.connectionToken({ user, ...claims }),
    deps: {
      ...shared,
      settings: { ...DEFAULT_HTTP_SETTINGS, allowedOrigins: ['https://app.example.com'] },
      credentials: createCredentialResolver({ authenticator, tickets }),
      apiKeys: createApiKeys([IN_PROCESS_API_KEY]),
      healthChecks: [{ name: 'store', check: () => store.ping() }],
      isDraining: () => false,
      metricsPage: metrics,
      dispatcher: createDispatcher({ bindings, logger, random }),
      publisher: node,
      registry: node,
      channelAdmin: node,
      connectionAdmin: node,
      cluster: node,
      version: '1.2.3',
      webRoot,
      webSocketPaths: ['/ws', '/ws/chat/{username}'],
    },
    close: async () => {
      await domain.relay.stop();
      await node.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
