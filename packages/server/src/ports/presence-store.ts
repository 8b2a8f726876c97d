import type { ClientInfo } from '@carillon/protocol';

export interface PresenceStats {
  readonly clients: number;
  readonly users: number;
}

/** Who is in a channel, across the cluster. One process needs only the memory adapter. */
export interface PresenceStore {
  add(channel: string, info: ClientInfo): Promise<void>;
  remove(channel: string, info: ClientInfo): Promise<void>;
  list(channel: string): Promise<readonly ClientInfo[]>;
  stats(channel: string): Promise<PresenceStats>;
  close(): Promise<void>;
}
