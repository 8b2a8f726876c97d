/**
 * The domain in one process: real SQLite store, real core and memory broker, connections without
 * a socket. For the rules of the services; protocols and transports are tested elsewhere.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChannelEvent } from '../../protocol/src/index.ts';
import { createMemoryBroker } from '../../server/src/adapters/broker-memory/memory-broker.ts';
import { createSystemClock } from '../../server/src/adapters/clock-system/system-clock.ts';
import { createSystemRandom } from '../../server/src/adapters/clock-system/system-random.ts';
import { createLocalControlBus } from '../../server/src/adapters/control-bus-local/local-control-bus.ts';
import { createLocalDirectory } from '../../server/src/adapters/directory-local/local-directory.ts';
import { createMemoryPresenceStore } from '../../server/src/adapters/presence-memory/memory-presence-store.ts';
import { openSqliteStore } from '../../server/src/adapters/store-sql/sqlite-store.ts';
import { inspectContent } from '../../server/src/adapters/content-type/content-inspector.ts';
import { createDiskFileStore } from '../../server/src/adapters/files-disk/disk-file-store.ts';
import { createHmacLinkSigner } from '../../server/src/adapters/links-hmac/hmac-link-signer.ts';
import { builtInNamespaces } from '../../server/src/config/namespace-config.ts';
import { createNode, type Node } from '../../server/src/core/node.ts';
import { createDomain, type Domain } from '../../server/src/domain/domain.ts';
import type { DomainLimits, RelayLimits } from '../../server/src/domain/limits.ts';
import {
  DEFAULT_UPLOAD_LIMITS,
  type UploadLimits,
} from '../../server/src/domain/uploads/upload-limits.ts';
import type { Broker } from '../../server/src/ports/broker.ts';
import type { Clock } from '../../server/src/ports/clock.ts';
import type { DeviceType, Session } from '../../server/src/ports/connection-handler.ts';
import type { Logger } from '../../server/src/ports/logger.ts';
import type { PushSender } from '../../server/src/ports/push-sender.ts';
import type { Store } from '../../server/src/ports/store.ts';
import type { Link } from './simulation/simulated-engine.ts';
import { createRecordingLogger, type LogLine } from './recording-logger.ts';

export interface RunningDomainOptions {
  /** Reopens the data of a domain that was closed. @default a new directory, removed at close */
  readonly dataDir?: string;
  readonly clock?: Clock;
  /** One of several processes: its link to the others. @default alone */
  readonly link?: Link;
  /** The store of another domain, which closes it. @default one of its own */
  readonly store?: Store;
  readonly pushSenders?: readonly PushSender[];
  readonly limits?: Partial<DomainLimits>;
  readonly relayLimits?: Partial<RelayLimits>;
  readonly uploadLimits?: Partial<UploadLimits>;
  /** As in a process that leaves pushes to workers; do not start the relay then. */
  readonly leavesPushes?: boolean;
  /** Wraps the store: to watch, delay or refuse what the domain asks of it. */
  readonly wrapStore?: (store: Store) => Store;
  /** Wraps the broker: to watch or refuse publications. */
  readonly wrapBroker?: (broker: Broker) => Broker;
}

/** A publication as a native client would see it. */
export interface SeenPublication {
  readonly channel: string;
  readonly type: string;
  readonly body: { readonly [field: string]: unknown };
  /** `body.data` of the shapes that have one, else the body. */
  readonly data: { readonly [field: string]: unknown };
  readonly tags: Readonly<Record<string, string>> | undefined;
}

export interface DomainClient {
  readonly session: Session;
  readonly seen: readonly SeenPublication[];
  /** Subscribes as the client itself, by the rules of the namespace. */
  subscribe(channel: string): ReturnType<Session['subscribe']>;
  /** Resolves with the first `count` publications of this type, at once if they are there. */
  waitFor(type: string, count?: number): Promise<readonly SeenPublication[]>;
  ofType(type: string): readonly SeenPublication[];
  close(): void;
}

export interface RunningDomain {
  readonly domain: Domain;
  readonly node: Node;
  readonly store: Store;
  readonly dataDir: string;
  readonly log: readonly LogLine[];
  /** Writes into `log`. */
  readonly logger: Logger;
  /** Metric name and labels → sum. */
  readonly counted: ReadonlyMap<string, number>;
  /** A ready connection, subscribed by the server to its `user:` channel. */
  connect(user: string, deviceType?: DeviceType): Promise<DomainClient>;
  /** Everything that was handed to the client connections has arrived. */
  settled(): Promise<void>;
  /** Ends without flush, as a crash would; the data stays for a later `openDomain`. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

export async function openDomain(options: RunningDomainOptions = {}): Promise<RunningDomain> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'carillon-domain-')));
  const clock = options.clock ?? createSystemClock();
  const random = createSystemRandom();
  const log: LogLine[] = [];
  const logger = createRecordingLogger((line) => log.push(line));
  const counted = new Map<string, number>();
  const metrics = {
    count(name: string, amount: number, labels: object = {}) {
      const key = `${name} ${JSON.stringify(labels)}`;
      counted.set(key, (counted.get(key) ?? 0) + amount);
    },
    observe: () => undefined,
  };
  const path = join(dataDir, 'test.db');
  const opened = options.store ?? (await openSqliteStore({ path, logger, clock }));
  const store = options.wrapStore?.(opened) ?? opened;
  const pushSenders = options.pushSenders ?? [];
  const parts = { clock, random, logger, metrics };
  const { limits = {}, relayLimits = {}, leavesPushes = false } = options;
  const uploads = {
    files: createDiskFileStore({ path: join(dataDir, 'uploads'), logger }),
    inspect: inspectContent,
    signer: createHmacLinkSigner('a secret of more than thirty-two bytes'),
    limits: { ...DEFAULT_UPLOAD_LIMITS, ...options.uploadLimits },
  };
  const domain = createDomain({
    ...parts,
    store,
    pushSenders,
    limits,
    relayLimits,
    leavesPushes,
    uploads,
  });
  const broker = createMemoryBroker({ clock, random });
  const node = createNode({
    ...parts,
    broker: options.wrapBroker?.(broker) ?? broker,
    presenceStore: createMemoryPresenceStore(),
    controlBus: createLocalControlBus(),
    directory: createLocalDirectory(),
    identity: { id: 'node-1', name: 'test', version: '1.2.3', kind: 'combined' },
    ...options.link?.parts,
    policy: domain.policy,
    namespaces: builtInNamespaces({ isRoomOpen: true }),
  });
  domain.connect({ publisher: node, registry: node, channelAdmin: node, cluster: node });
  await node.start();

  const end = async (): Promise<void> => {
    await node.close();
    if (options.store === undefined) await opened.close();
  };
  return {
    domain,
    node,
    store,
    dataDir,
    log,
    logger,
    counted,
    connect: (user, deviceType = 'desktop') => connect(node, user, deviceType),
    settled: () => new Promise((resolve) => setImmediate(() => setImmediate(resolve))),
    crash: end,
    async close() {
      await domain.relay.flush();
      await domain.relay.stop();
      await end();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** One JSON line per publication; shared, as every format is. */
const LINES = {
  name: 'test-lines',
  encodeEvents(channel: string, events: readonly ChannelEvent[]): Uint8Array | undefined {
    const lines = events.flatMap((event) => {
      if (event.type !== 'publication') return [];
      const { data, tags } = event.publication;
      return [`${JSON.stringify({ channel, tags, body: JSON.parse(data) as unknown })}\n`];
    });
    return lines.length === 0 ? undefined : Buffer.from(lines.join(''));
  },
  encodeMessages: (): Uint8Array => new Uint8Array(),
};

const LISTENER = {
  handleSubscribed: () => undefined,
  handleUnsubscribed: () => undefined,
  handleDisconnect: (_session: Session, disconnect: { code: number; reason: string }) => disconnect,
};

const HEARTBEAT = { intervalMs: 25_000, timeoutMs: 0, message: '{}' };

interface Line {
  readonly channel: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly body: { readonly [field: string]: unknown };
}

function seenFrom({ channel, tags, body }: Line): SeenPublication {
  const inner = body['data'];
  const data = typeof inner === 'object' && inner !== null ? inner : body;
  return {
    channel,
    tags,
    body,
    type: String(body['type']),
    data: data as SeenPublication['data'],
  };
}

async function connect(node: Node, user: string, deviceType: DeviceType): Promise<DomainClient> {
  const seen: SeenPublication[] = [];
  const waiting = new Set<() => void>();
  const session: Session = node.open({
    socket: {
      send(chunks) {
        for (const line of Buffer.concat(chunks).toString().split('\n')) {
          if (line !== '') seen.push(seenFrom(JSON.parse(line) as Line));
        }
        for (const look of waiting) look();
        return 'sent';
      },
      close: () => session.handleClosed(true),
      terminate: () => session.handleClosed(false),
    },
    format: LINES,
    listener: LISTENER,
    heartbeat: HEARTBEAT,
    transport: 'websocket',
    protocol: 'native',
    deviceType,
    remoteAddress: '127.0.0.1',
  });
  const admitted = await session.authenticate({ user });
  if (!admitted.ok) throw new Error(`${user} was not admitted: ${admitted.error}`);
  const own = await session.subscribe(`user:${user}`, { isServerSide: true });
  if (!own.ok) throw new Error(`user:${user} not subscribed: ${own.error}`);
  const ofType = (type: string): readonly SeenPublication[] =>
    seen.filter((publication) => publication.type === type);
  return {
    session,
    seen,
    ofType,
    subscribe: (channel) => session.subscribe(channel, {}),
    waitFor: (type, count = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = ofType(type);
          if (found.length < count) return;
          waiting.delete(look);
          resolve(found.slice(0, count));
        };
        waiting.add(look);
        look();
      }),
    close: () => session.handleClosed(true),
  };
}
