/** How a member of a channel is written down: a JSON array, the user first (the scripts read it). */
import type { ClientInfo } from '@carillon/protocol';

export interface Member {
  readonly client: string;
  readonly user: string;
  /** `[user, connInfo, chanInfo]`; both infos are JSON texts or null. */
  readonly value: string;
}

export function memberOf({ client, user, connInfo, chanInfo }: ClientInfo): Member {
  return { client, user, value: JSON.stringify([user, connInfo ?? null, chanInfo ?? null]) };
}

/** Undefined for what a newer version wrote and this one does not understand. */
export function clientInfoOf(client: string, value: string): ClientInfo | undefined {
  const parsed: unknown = JSON.parse(value);
  if (!Array.isArray(parsed)) return undefined;
  const [user, connInfo, chanInfo]: unknown[] = parsed;
  if (typeof user !== 'string') return undefined;
  return {
    user,
    client,
    ...(typeof connInfo === 'string' ? { connInfo } : {}),
    ...(typeof chanInfo === 'string' ? { chanInfo } : {}),
  };
}
