/**
 * The limit of connections per user, across nodes. Only users with a limit are written down, in
 * lists that all nodes write together (shared-lines.ts).
 */
import type { Entry, UserLimit } from '../../ports/connection-directory.ts';
import type { ConnectionInfo } from '../../ports/server-api.ts';
import { SharedLines } from './shared-lines.ts';
import type { Line, SharedLinesDependencies } from './shared-lines.ts';

export class UserLimits {
  readonly #lines: SharedLines<ConnectionInfo>;

  constructor(dependencies: SharedLinesDependencies) {
    this.#lines = new SharedLines('users', dependencies);
  }

  start(): Promise<void> {
    return this.#lines.start();
  }

  /** Rejects when NATS cannot say. */
  async enter(connection: ConnectionInfo, limit: UserLimit): Promise<Entry> {
    let evicted: readonly Line<ConnectionInfo>[] = [];
    const line = { id: connection.connectionId, item: connection };
    const kept = await this.#lines.add(connection.user, line, (others) => {
      const excess = others.length + 1 - limit.maxConnections;
      if (excess > 0 && limit.policy === 'reject') return undefined;
      evicted = oldestFirst(others).slice(0, Math.max(0, excess));
      return others.filter((each) => !evicted.includes(each));
    });
    if (kept === undefined) return { isAdmitted: false };
    return { isAdmitted: true, evict: evicted.map(({ item }) => item) };
  }

  /** Admitted without NATS; written down when it is back. */
  enterLater(connection: ConnectionInfo): void {
    this.#lines.addLater(connection.user, connection.connectionId, connection);
  }

  leave({ user, connectionId }: ConnectionInfo): void {
    this.#lines.removeLater(user, connectionId);
  }

  close(): Promise<void> {
    return this.#lines.close();
  }
}

const oldestFirst = (lines: readonly Line<ConnectionInfo>[]): readonly Line<ConnectionInfo>[] =>
  lines.toSorted((one, two) => one.item.connectedAt - two.item.connectedAt);
