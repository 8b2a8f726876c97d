/**
 * The limit of connections per user, across nodes: one record per user in JetStream, changed only
 * onto the one that was read, so that of two that race one looks again. Entries of dead nodes do
 * not count. Only users with a limit are written down.
 *
 * What this node enters is kept here too: it is written again when NATS was away, and once in a
 * while, because records nobody touches for a day are forgotten.
 */
import type { Entry, UserLimit } from '../../ports/connection-directory.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ConnectionInfo } from '../../ports/server-api.ts';
import type { NatsLink } from './nats-link.ts';
import type { NodeTable } from './node-table.ts';
import { RecordStream } from './record-stream.ts';
import { subjectToken } from './subject-token.ts';
import { Turnstile } from './turnstile.ts';

export interface UserLimitBookDependencies {
  readonly link: NatsLink;
  readonly nodes: NodeTable;
  readonly prefix: string;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Line {
  readonly node: string;
  readonly connection: ConnectionInfo;
}

interface Page {
  /** 0: nothing is written about the user. */
  readonly seq: number;
  readonly lines: readonly Line[];
}

interface OwnUser {
  readonly connections: Map<string, ConnectionInfo>;
  /** Monotonic ms of the last writing. */
  writtenMs: number;
}

const DAY_MS = 24 * 60 * 60_000;
const SWEEP_MS = 30_000;
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_WRITES_AT_ONCE = 64;
const MAX_ATTEMPTS = 200;

export class UserLimitBook {
  readonly #dependencies: UserLimitBookDependencies;
  readonly #stream: RecordStream;
  readonly #writes = new Turnstile(MAX_WRITES_AT_ONCE);
  readonly #own = new Map<string, OwnUser>();
  /** Users whose record may not say what this node has. */
  readonly #unsettled = new Set<string>();
  #endReturned: (() => void) | undefined;
  #cancelSweep: (() => void) | undefined;

  constructor(dependencies: UserLimitBookDependencies) {
    this.#dependencies = dependencies;
    const { link, prefix } = dependencies;
    this.#stream = new RecordStream(
      link,
      {
        name: `${prefix}-users`,
        subjects: `${prefix}.u.*`,
        storage: 'file',
        maxBytes: MAX_BYTES,
      },
      { perSubject: 1, maxAgeMs: DAY_MS },
    );
  }

  async start(): Promise<void> {
    this.#endReturned = this.#dependencies.link.onReturned(() => {
      this.#stream.recheck();
      for (const user of this.#own.keys()) this.#unsettled.add(user);
      void this.#settleAll();
    });
    await this.#stream.ensure();
    this.#sweepLater();
  }

  /** Rejects when NATS cannot say. */
  async enter(connection: ConnectionInfo, limit: UserLimit): Promise<Entry> {
    // Known as ours first, so that nobody who settles this user meanwhile strikes it out.
    this.#remember(connection);
    try {
      const entry = await this.#admit(connection, limit);
      if (!entry.isAdmitted) this.#forget(connection);
      return entry;
    } catch (error) {
      this.#forget(connection);
      throw error;
    }
  }

  /** Admitted without NATS; written down when it is back. */
  enterLater(connection: ConnectionInfo): void {
    this.#remember(connection);
    this.#unsettled.add(connection.user);
  }

  leave(connection: ConnectionInfo): void {
    if (!this.#forget(connection)) return;
    this.#unsettled.add(connection.user);
    void this.#settle(connection.user);
  }

  async close(): Promise<void> {
    this.#endReturned?.();
    this.#cancelSweep?.();
    for (const user of this.#own.keys()) this.#unsettled.add(user);
    this.#own.clear();
    if (this.#dependencies.link.isUp) await this.#settleAll();
  }

  #remember(connection: ConnectionInfo): void {
    const { user, connectionId } = connection;
    const own = this.#own.get(user);
    if (own !== undefined) own.connections.set(connectionId, connection);
    else this.#own.set(user, { connections: new Map([[connectionId, connection]]), writtenMs: 0 });
  }

  #forget({ user, connectionId }: ConnectionInfo): boolean {
    const own = this.#own.get(user);
    if (own?.connections.delete(connectionId) !== true) return false;
    if (own.connections.size === 0) this.#own.delete(user);
    return true;
  }

  async #admit(connection: ConnectionInfo, limit: UserLimit): Promise<Entry> {
    const { nodeId } = this.#dependencies;
    // Most have no other connection: that costs one round trip.
    let page: Page = { seq: 0, lines: [] };
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const others = page.lines.filter(
        (each) => each.connection.connectionId !== connection.connectionId,
      );
      const excess = others.length + 1 - limit.maxConnections;
      if (excess > 0 && limit.policy === 'reject') return { isAdmitted: false };
      const evicted = oldestFirst(others).slice(0, Math.max(0, excess));
      const lines = others.filter((each) => !evicted.includes(each));
      if (await this.#write(connection.user, page.seq, [...lines, { node: nodeId, connection }])) {
        return { isAdmitted: true, evict: evicted.map((each) => each.connection) };
      }
      page = await this.#read(connection.user);
    }
    throw new Error('a connection could not be entered, others were always faster');
  }

  async #settleAll(): Promise<void> {
    await Promise.all([...this.#unsettled].map((user) => this.#settle(user)));
  }

  /** Makes the record say of this node what this node has. Stays unsettled when NATS is away. */
  async #settle(user: string): Promise<void> {
    try {
      await this.#writes.pass(() => this.#agree(user));
    } catch (error) {
      this.#unsettled.add(user);
      this.#dependencies.logger.debug({ err: error }, "a user's connections could not be written");
    }
  }

  async #agree(user: string): Promise<void> {
    const { nodeId } = this.#dependencies;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      this.#unsettled.delete(user);
      const page = await this.#read(user);
      const own = [...(this.#own.get(user)?.connections.values() ?? [])];
      const lines = [
        ...page.lines.filter(({ node }) => node !== nodeId),
        ...own.map((connection) => ({ node: nodeId, connection })),
      ];
      if (page.seq === 0 && lines.length === 0) return;
      if (await this.#write(user, page.seq, lines)) return;
    }
  }

  /** Without those whose node is dead. */
  async #read(user: string): Promise<Page> {
    const stored = await this.#stream.last(this.#subjectOf(user));
    if (stored === undefined) return { seq: 0, lines: [] };
    const lines = JSON.parse(Buffer.from(stored.data).toString()) as readonly Line[];
    const { nodes } = this.#dependencies;
    return { seq: stored.seq, lines: lines.filter(({ node }) => nodes.isAlive(node)) };
  }

  /** False: somebody was faster. */
  async #write(user: string, seq: number, lines: readonly Line[]): Promise<boolean> {
    if (lines.length === 0) return this.#stream.remove(seq);
    const subject = this.#subjectOf(user);
    const result = await this.#stream.write(subject, JSON.stringify(lines), { onto: seq });
    const own = this.#own.get(user);
    if (own !== undefined) own.writtenMs = this.#dependencies.clock.monotonic();
    return result.type === 'written';
  }

  #subjectOf(user: string): string {
    return `${this.#dependencies.prefix}.u.${subjectToken(user)}`;
  }

  #sweepLater(): void {
    const { clock, link } = this.#dependencies;
    this.#cancelSweep = clock.after(SWEEP_MS, () => {
      const beforeMs = clock.monotonic() - DAY_MS / 2;
      for (const [user, { writtenMs }] of this.#own) {
        if (writtenMs < beforeMs) this.#unsettled.add(user);
      }
      if (link.isUp) void this.#settleAll();
      this.#sweepLater();
    });
  }
}

const oldestFirst = (lines: readonly Line[]): readonly Line[] =>
  lines.toSorted((one, two) => one.connection.connectedAt - two.connection.connectedAt);
