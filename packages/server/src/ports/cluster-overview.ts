/**
 * What an operator asks about all nodes at once. Every answer is bounded: each node sends its own
 * first items in one order, so that the first ones of all are among them.
 */
import type { DeviceType } from './connection-handler.ts';
import type { NodeInfo } from './control-bus.ts';

/** One second of one node. */
export interface StatisticsSample {
  /** Seconds since 1970 at which it ended. */
  readonly second: number;
  readonly connections: number;
  readonly users: number;
  /** Frames from clients. */
  readonly received: number;
  /** Messages to clients. */
  readonly sent: number;
  readonly pushed: number;
  /** Refused by the provider: tried again later, or dropped for good. */
  readonly pushFailed: number;
  /** Broadcast times: index of a bucket and how many fell into it, alternating (latency-buckets.ts). */
  readonly latency: readonly number[];
}

export type DeviceCounts = Readonly<Record<DeviceType, number>>;

export interface NodeStatistics {
  readonly node: NodeInfo;
  readonly devices: DeviceCounts;
  /** Oldest first. */
  readonly samples: readonly StatisticsSample[];
}

export interface OnlineUser {
  readonly user: string;
  readonly connections: number;
  /** The first few of them. */
  readonly devices: readonly OnlineDevice[];
}

export interface OnlineDevice {
  readonly connectionId: string;
  readonly deviceType: DeviceType;
  readonly transport: string;
  readonly protocol: string;
  /** ms since 1970. */
  readonly connectedAt: number;
}

export interface ChannelCount {
  readonly channel: string;
  /** Connections that are subscribed. */
  readonly subscribers: number;
}

/** By name. `after`: the last name of the page before. */
export interface UserQuery {
  readonly prefix?: string;
  readonly after?: string;
  readonly limit: number;
}

export interface ChannelQuery {
  /** `*` stands for any run of characters. */
  readonly pattern?: string;
  readonly after?: string;
  readonly limit: number;
}

export interface OverviewPage<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/** Whoever answers in time is counted. Never rejects. */
export interface ClusterOverview {
  /** Samples after this second; undefined: all that are kept. */
  statistics(since?: number): Promise<readonly NodeStatistics[]>;
  /** Guests and people without a name are connections, not users. */
  onlineUsers(query: UserQuery): Promise<OverviewPage<OnlineUser>>;
  channelCounts(query: ChannelQuery): Promise<OverviewPage<ChannelCount>>;
}
