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

/** What a directory reads again from its own node: after a lost engine, and at every refresh. */
export interface LocalConnections {
  connections(): Iterable<ConnectionInfo>;
}

/**
 * Who is connected, anywhere in the cluster. Entries of a node that died end by themselves. While
 * the engine cannot be reached it answers for its own node, and never rejects: nobody is refused
 * or sent away for a dead Redis.
 */
export interface ConnectionDirectory {
  start(local: LocalConnections): Promise<void>;
  enter(connection: ConnectionInfo, limit: UserLimit): Eventually<Entry>;
  leave(connection: ConnectionInfo): void;
  /** Those of `users` who have a connection. */
  onlineAmong(users: readonly string[]): Eventually<ReadonlySet<string>>;
  find(query: DirectoryQuery): Eventually<readonly ConnectionInfo[]>;
  totals(): Eventually<ConnectionTotals>;
  close(): Promise<void>;
}
