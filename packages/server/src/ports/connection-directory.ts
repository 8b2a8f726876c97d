import type { Eventually } from './eventually.ts';
import type { ConnectionInfo, ConnectionTotals } from './server-api.ts';
import type { DeviceType } from './connection-handler.ts';

/** WS_MAX_CONNECTIONS_PER_USER and what happens to one more. */
export interface UserLimit {
  /** 0: no limit. */
  readonly maxConnections: number;
  readonly policy: 'reject' | 'evict-oldest';
}

/** `evict`: entered, and these of the same user must go to make room, on whichever node they are. */
export type Entry =
  | { readonly isAdmitted: true; readonly evict: readonly ConnectionInfo[] }
  | { readonly isAdmitted: false };

export type DirectoryQuery =
  | { readonly user: string }
  | { readonly connectionId: string }
  | { readonly deviceType: DeviceType };

/**
 * The ready connections of one node, at hand: what a directory reads again after a lost engine and
 * at every refresh, and what it answers with where there is no engine. One that is being entered
 * is not among them yet, one that has left is not any more.
 */
export interface LocalConnections {
  connections(): Iterable<ConnectionInfo>;
  /** A user's connections: a count that costs one look-up. */
  countOf(user: string): number;
  /** A user's connections come oldest first. */
  find(query: DirectoryQuery): readonly ConnectionInfo[];
  totals(): ConnectionTotals;
}

/**
 * Who is connected, anywhere in the cluster. Entries of a node that died end by themselves. While
 * the engine cannot be reached it answers for its own node, and never rejects: nobody is refused
 * or sent away for a dead Redis.
 */
export interface ConnectionDirectory {
  start(local: LocalConnections): Promise<void>;
  /** People without a name come with no limit: they are not one user. */
  enter(connection: ConnectionInfo, limit: UserLimit): Eventually<Entry>;
  leave(connection: ConnectionInfo): void;
  /** Those of `users` who have a connection. */
  onlineAmong(users: readonly string[]): Eventually<ReadonlySet<string>>;
  find(query: DirectoryQuery): Eventually<readonly ConnectionInfo[]>;
  totals(): Eventually<ConnectionTotals>;
  close(): Promise<void>;
}
