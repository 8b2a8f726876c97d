/**
 * Who is connected to this node: by connection, by user, by device. Answers for ready connections
 * only; those that have not said who they are yet are kept apart, to be closed with the rest.
 * Adding and removing are O(1); the rarer questions (all of one device type, totals) walk.
 */
import type { DirectoryQuery, LocalConnections } from '../ports/connection-directory.ts';
import type { DeviceType } from '../ports/connection-handler.ts';
import type { ConnectionInfo, ConnectionTotals, NodeFigures } from '../ports/server-api.ts';
import type { ClientSession } from './session.ts';
import { swapRemove } from './swap-remove.ts';

export class UserRegistry implements LocalConnections {
  readonly #connecting = new Set<ClientSession>();
  readonly #byId = new Map<string, ClientSession>();
  readonly #byUser = new Map<string, ClientSession[]>();
  /** Names in `#byUser` that are nobody's own: a guest's, or none. */
  readonly #unverified = new Set<string>();
  readonly #byDevice: Record<DeviceType, number> = {
    mobile: 0,
    tablet: 0,
    desktop: 0,
    unknown: 0,
  };
  #entering = 0;

  /** Ready connections, and those that will be when the directory has answered. */
  get size(): number {
    return this.#byId.size + this.#entering;
  }

  get userCount(): number {
    return this.#byUser.size;
  }

  addConnecting(session: ClientSession): void {
    this.#connecting.add(session);
  }

  /** The directory of the cluster is asked about one more; `endEntering` when it has answered. */
  beginEntering(): void {
    this.#entering += 1;
  }

  endEntering(): void {
    this.#entering -= 1;
  }

  /** From connecting to ready. */
  add(session: ClientSession): void {
    this.#connecting.delete(session);
    this.#byId.set(session.id, session);
    this.#byDevice[session.init.deviceType] += 1;
    const sessions = this.#byUser.get(session.user) ?? [];
    if (sessions.length === 0) this.#byUser.set(session.user, sessions);
    session.userIndex = sessions.push(session) - 1;
    this.#judge(session.user, sessions);
  }

  remove(session: ClientSession): void {
    if (this.#connecting.delete(session) || !this.#byId.delete(session.id)) return;
    this.#byDevice[session.init.deviceType] -= 1;
    const sessions = this.#byUser.get(session.user);
    if (sessions === undefined) return;
    const moved = swapRemove(sessions, session.userIndex);
    if (moved !== undefined) moved.userIndex = session.userIndex;
    if (sessions.length === 0) this.#byUser.delete(session.user);
    this.#judge(session.user, sessions);
  }

  session(connectionId: string): ClientSession | undefined {
    return this.#byId.get(connectionId);
  }

  /** Ready or not. A copy: closing one changes the registry. */
  everybody(): readonly ClientSession[] {
    return [...this.#byId.values(), ...this.#connecting];
  }

  /** One user's connections, or only the one with the id `client`. A copy: closing one changes the registry. */
  sessionsOf(user: string, client?: string): readonly ClientSession[] {
    const sessions = this.#byUser.get(user) ?? [];
    return client === undefined
      ? [...sessions]
      : sessions.filter((session) => session.id === client);
  }

  countOf(user: string): number {
    return this.#byUser.get(user)?.length ?? 0;
  }

  /** What is known without walking. */
  figures(): NodeFigures {
    return {
      connections: this.#byId.size,
      users: this.#byUser.size - this.#unverified.size,
      devices: { ...this.#byDevice },
    };
  }

  /** Without guests and nameless people. */
  *userNames(prefix: string): Iterable<string> {
    for (const user of this.#byUser.keys()) {
      if (user.startsWith(prefix) && !this.#unverified.has(user)) yield user;
    }
  }

  *connections(): Iterable<ConnectionInfo> {
    for (const session of this.#byId.values()) yield session.describe();
  }

  find(query: DirectoryQuery): readonly ConnectionInfo[] {
    if ('user' in query) {
      // By the order of connecting: the wall clock may have been set back meanwhile.
      const byAge = this.sessionsOf(query.user).toSorted((one, two) => one.serial - two.serial);
      return byAge.map((session) => session.describe());
    }
    if ('connectionId' in query) {
      const session = this.#byId.get(query.connectionId);
      return session === undefined ? [] : [session.describe()];
    }
    const found: ConnectionInfo[] = [];
    for (const session of this.#byId.values()) {
      if (session.init.deviceType === query.deviceType) found.push(session.describe());
    }
    return found;
  }

  /** Connections of guests and of people without a name count as connections, not as users. */
  totals(): ConnectionTotals {
    const byUser = new Map<string, number>();
    for (const [user, sessions] of this.#byUser) {
      if (!this.#unverified.has(user)) byUser.set(user, sessions.length);
    }
    return { users: byUser.size, connections: this.#byId.size, byUser };
  }

  /** Whose name it is goes by the first of those who have it. */
  #judge(user: string, [first]: readonly ClientSession[]): void {
    const isUnverified = user === '' || first?.identity?.isGuest === true;
    if (first !== undefined && isUnverified) this.#unverified.add(user);
    else this.#unverified.delete(user);
  }
}
