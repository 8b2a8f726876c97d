/** What is asked of an installation, and what it consists of. */
export interface Demand {
  readonly connections: number;
  /** Publications a second over all channels. */
  readonly publicationsPerSecond: number;
  /** Share of publications that are stored before they are published (chat, notifications, tasks). */
  readonly storedShare: number;
  readonly groupSize: number;
  /** Groups that a connection is subscribed to at a time, beside its own channel. */
  readonly groupsPerConnection: number;
}

export interface Installation {
  readonly webSocketProcesses: number;
  readonly httpProcesses: number;
  readonly redisServers: number;
}

/** One resource under the simulated load. `load` 1: it is full. */
export interface Use {
  readonly resource: string;
  readonly load: number;
  readonly detail: string;
}

/** Above this a resource has no room left for a busy minute or a lost neighbour. */
export const COMFORTABLE = 0.7;
