import type { ClientInfo } from '@carillon/protocol';

export interface PresenceStats {
  readonly clients: number;
  readonly users: number;
}

/**
 * Who is in a channel, across the cluster. One process needs only the memory adapter. What a node
 * that died had added ends by itself. The core keeps entries of its own here too, in channels that
 * begin with `$` and under connection ids that are none.
 */
export interface PresenceStore {
  /** True where all connections are of this process: nobody else need be asked who is there. */
  readonly isLocal?: boolean;
  /**
   * Adding the same connection again replaces what is shown of it. Answers how many connections the
   * user has in the channel now, in the whole cluster: exactly one of several that race is the first,
   * and the answers of one node come in the order of its calls. An adapter that cannot tell answers
   * nothing; joins and leaves are then told per node.
   */
  add(channel: string, info: ClientInfo): Promise<number | void>;
  /** Answers as `add` does: 0 to exactly one of several that race. */
  remove(channel: string, info: ClientInfo): Promise<number | void>;
  list(channel: string): Promise<readonly ClientInfo[]>;
  stats(channel: string): Promise<PresenceStats>;
  close(): Promise<void>;
}
