/**
 * Who is connected, on all nodes: each knows its own and is asked, so no answer is older than the
 * question and a dead node has none. Only the limit per user, which must be atomic, is written down
 * (user-limits.ts). While NATS is away it answers for its own node.
 */
import type {
  ConnectionDirectory,
  DirectoryQuery,
  Entry,
  LocalConnections,
  UserLimit,
} from '../../ports/connection-directory.ts';
import type { Eventually } from '../../ports/eventually.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ConnectionInfo, ConnectionTotals } from '../../ports/server-api.ts';
import { GatheredQuestion } from './gathered-question.ts';
import type { NodeQuestions } from './node-questions.ts';
import type { UserLimits } from './user-limits.ts';

export interface DirectoryDependencies {
  readonly questions: NodeQuestions;
  readonly userLimits: UserLimits;
  readonly logger: Logger;
  readonly timeoutMs: number;
}

const FIND = 'connections';
const ONLINE = 'online';
const TOTALS = 'totals';

/** The first item of totals counts all connections, the others users. */
type TotalsItem = number | readonly [user: string, connections: number];

const ADMITTED: Entry = { isAdmitted: true, evict: [] };
const NOBODY: LocalConnections = {
  connections: () => [],
  countOf: () => 0,
  find: () => [],
  totals: () => ({ users: 0, connections: 0, byUser: new Map() }),
};

export function createNatsDirectory(dependencies: DirectoryDependencies): ConnectionDirectory {
  return new NatsDirectory(dependencies);
}

class NatsDirectory implements ConnectionDirectory {
  readonly #dependencies: DirectoryDependencies;
  readonly #online: GatheredQuestion<ReadonlySet<string>>;
  #local = NOBODY;
  #endings: readonly (() => void)[] = [];

  constructor(dependencies: DirectoryDependencies) {
    this.#dependencies = dependencies;
    this.#online = new GatheredQuestion(
      async (users) => new Set(await this.#ask<string>(ONLINE, users)),
    );
  }

  async start(local: LocalConnections): Promise<void> {
    const { questions, userLimits } = this.#dependencies;
    this.#local = local;
    this.#endings = [
      questions.answer(FIND, (query) => local.find(query as DirectoryQuery)),
      questions.answer(ONLINE, (users) => this.#onlineHere(users as readonly string[])),
      questions.answer(TOTALS, () => totalsItems(local.totals())),
    ];
    await userLimits.start();
  }

  enter(connection: ConnectionInfo, limit: UserLimit): Eventually<Entry> {
    return limit.maxConnections <= 0 ? ADMITTED : this.#enterLimited(connection, limit);
  }

  leave(connection: ConnectionInfo): void {
    this.#dependencies.userLimits.leave(connection);
  }

  async onlineAmong(users: readonly string[]): Promise<ReadonlySet<string>> {
    const here = new Set(this.#onlineHere(users));
    const unknown = users.filter((user) => !here.has(user));
    if (unknown.length === 0) return here;
    const online = await this.#online.ask(unknown);
    return new Set([...here, ...unknown.filter((user) => online.has(user))]);
  }

  async find(query: DirectoryQuery): Promise<readonly ConnectionInfo[]> {
    const elsewhere = await this.#ask<ConnectionInfo>(FIND, query);
    return [...this.#local.find(query), ...elsewhere].toSorted(
      (one, two) => one.connectedAt - two.connectedAt,
    );
  }

  async totals(): Promise<ConnectionTotals> {
    const elsewhere = await this.#ask<TotalsItem>(TOTALS, null);
    const own = this.#local.totals();
    const byUser = new Map(own.byUser);
    let { connections } = own;
    for (const item of elsewhere) {
      if (typeof item === 'number') connections += item;
      else byUser.set(item[0], (byUser.get(item[0]) ?? 0) + item[1]);
    }
    return { users: byUser.size, connections, byUser };
  }

  async close(): Promise<void> {
    for (const end of this.#endings) end();
    this.#local = NOBODY;
    await this.#dependencies.userLimits.close();
  }

  async #enterLimited(connection: ConnectionInfo, limit: UserLimit): Promise<Entry> {
    const { userLimits, logger } = this.#dependencies;
    try {
      return await userLimits.enter(connection, limit);
    } catch (error) {
      logger.debug({ err: error }, 'NATS does not answer: the limit per user is kept per node');
    }
    const entry = this.#enterHere(connection, limit);
    if (entry.isAdmitted) userLimits.enterLater(connection);
    return entry;
  }

  #enterHere({ user }: ConnectionInfo, { maxConnections, policy }: UserLimit): Entry {
    const excess = this.#local.countOf(user) + 1 - maxConnections;
    if (excess <= 0) return ADMITTED;
    if (policy === 'reject') return { isAdmitted: false };
    return { isAdmitted: true, evict: this.#local.find({ user }).slice(0, excess) };
  }

  #onlineHere(users: readonly string[]): readonly string[] {
    return users.filter((user) => this.#local.countOf(user) > 0);
  }

  /** Nodes are of one kind: what comes back is what `answer` gives there. */
  async #ask<T>(kind: string, about: unknown): Promise<readonly T[]> {
    const { questions, timeoutMs } = this.#dependencies;
    return (await questions.ask(kind, about, timeoutMs)) as readonly T[];
  }
}

const totalsItems = ({ connections, byUser }: ConnectionTotals): readonly TotalsItem[] => [
  connections,
  ...byUser,
];
