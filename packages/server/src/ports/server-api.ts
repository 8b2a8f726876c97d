import type { ClientInfo, Disconnect, Outcome, RawJson } from '@carillon/protocol';
import type { HistoryPage, HistoryQuery, PublishResult } from './broker.ts';
import type { DeviceCounts } from './cluster-overview.ts';
import type { DeviceType } from './connection-handler.ts';
import type { NodeInfo } from './control-bus.ts';
import type { Eventually } from './eventually.ts';
import type { PresenceStats } from './presence-store.ts';

/** Publishing on the server's own authority: the domain, the HTTP API, the embedding program. */
export interface Publisher {
  publish(
    channel: string,
    data: RawJson,
    options?: {
      readonly idempotencyKey?: string;
      readonly tags?: Readonly<Record<string, string>>;
      readonly excludeUser?: string;
      readonly nativeOnly?: boolean;
      /** Skip history although the namespace keeps one (typing in a recoverable channel). */
      readonly skipHistory?: boolean;
    },
  ): Promise<Outcome<PublishResult>>;
}

export interface ConnectionInfo {
  readonly connectionId: string;
  readonly user: string;
  readonly deviceType: DeviceType;
  readonly transport: string;
  readonly protocol: string;
  /** ms since 1970. */
  readonly connectedAt: number;
  /** `user` is a name that nobody verified: counted as a connection, not as a user. */
  readonly isGuest?: true;
}

/** Guests and people without a name are connections, but not among the users. */
export interface ConnectionTotals {
  readonly users: number;
  readonly connections: number;
  readonly byUser: ReadonlyMap<string, number>;
}

/** Of one node, always at hand. */
export interface NodeFigures {
  readonly connections: number;
  readonly users: number;
  readonly devices: DeviceCounts;
}

/** E2's look-ups: who is connected, on whichever node of the cluster. Never rejects. */
export interface ConnectionRegistry {
  isOnline(user: string): Eventually<boolean>;
  /** Those of `users` who have a connection: one question instead of many. */
  onlineAmong(users: readonly string[]): Eventually<ReadonlySet<string>>;
  connectionsOfUser(user: string): Eventually<readonly ConnectionInfo[]>;
  connection(connectionId: string): Eventually<ConnectionInfo | undefined>;
  connectionsByDevice(deviceType: DeviceType): Eventually<readonly ConnectionInfo[]>;
  /** `{total_users, total_connections, users}` of C3. */
  totals(): Eventually<ConnectionTotals>;
}

/** Administration of channels and connections (server HTTP API, console). */
export interface ChannelAdmin {
  subscribe(user: string, channel: string, client?: string): Promise<Outcome<void>>;
  unsubscribe(user: string, channel: string, client?: string): Promise<Outcome<void>>;
  presence(channel: string): Promise<Outcome<readonly ClientInfo[]>>;
  presenceStats(channel: string): Promise<Outcome<PresenceStats>>;
  history(channel: string, query: HistoryQuery): Promise<Outcome<HistoryPage>>;
  removeHistory(channel: string): Promise<Outcome<void>>;
  /** Channels with at least one subscriber anywhere, with their number of connections. */
  channels(pattern?: string): Promise<ReadonlyMap<string, number>>;
}

export interface ConnectionAdmin {
  disconnect(
    user: string,
    options: { disconnect: Disconnect; client?: string; except?: readonly string[] },
  ): Promise<void>;
  refresh(
    user: string,
    options: { client?: string; isExpired: boolean; expiresAt?: number },
  ): Promise<void>;
}

/** All nodes of the installation. */
export interface Cluster {
  /** Those that answered in time, this one among them. Never rejects. */
  nodes(): Promise<readonly NodeInfo[]>;
  /**
   * Every node forgets what it remembers of a conversation. Rejects while the engine is away: this
   * node has forgotten, the others will when their memory is too old.
   */
  invalidate(what: 'conversation', id: string): Promise<void>;
}
