/**
 * Pages of users and channels for operators: this node's share, and the shares of all nodes as one
 * page. In order of names, so that a share needs no more items than the page: an item that is
 * among the first of all is among the first of every node that has it.
 */
import type {
  ChannelCount,
  ChannelQuery,
  OnlineUser,
  OverviewPage,
  UserQuery,
} from '../ports/cluster-overview.ts';
import type { UserRegistry } from './user-registry.ts';

/** Whoever has more connections is shown by number. */
const DEVICES_PER_USER = 20;

/** The first names after `after`, in order, without sorting all of them. */
export function firstNames(
  names: Iterable<string>,
  page: { readonly after?: string; readonly limit: number },
): readonly string[] {
  const { after = '', limit } = page;
  const first: string[] = [];
  for (const name of names) {
    const last = first[limit - 1];
    if (name <= after || (last !== undefined && name >= last)) continue;
    first.splice(placeOf(name, first), 0, name);
    if (first.length > limit) first.pop();
  }
  return first;
}

function placeOf(name: string, sorted: readonly string[]): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** This node's share: one more than the page, so that the asker sees whether there is more. */
export function usersHere(registry: UserRegistry, query: UserQuery): readonly OnlineUser[] {
  const { prefix = '', limit } = query;
  const page = { ...query, limit: limit + 1 };
  return firstNames(registry.userNames(prefix), page).map((user) => {
    const sessions = registry.sessionsOf(user);
    const devices = sessions.slice(0, DEVICES_PER_USER).map((session) => {
      const { connectionId, deviceType, transport, protocol, connectedAt } = session.describe();
      return { connectionId, deviceType, transport, protocol, connectedAt };
    });
    return { user, connections: sessions.length, devices };
  });
}

export function channelsHere(
  channels: ReadonlyMap<string, number>,
  query: ChannelQuery,
): readonly ChannelCount[] {
  const names = firstNames(channels.keys(), { ...query, limit: query.limit + 1 });
  return names.map((channel) => ({ channel, subscribers: channels.get(channel) ?? 0 }));
}

export function usersOfAll(
  shares: readonly (readonly OnlineUser[])[],
  limit: number,
): OverviewPage<OnlineUser> {
  return pageOf(shares, limit, {
    name: ({ user }) => user,
    add: (one, other) => ({
      user: one.user,
      connections: one.connections + other.connections,
      devices: [...one.devices, ...other.devices].slice(0, DEVICES_PER_USER),
    }),
  });
}

export function channelsOfAll(
  shares: readonly (readonly ChannelCount[])[],
  limit: number,
): OverviewPage<ChannelCount> {
  return pageOf(shares, limit, {
    name: ({ channel }) => channel,
    add: ({ channel, subscribers }, other) => ({
      channel,
      subscribers: subscribers + other.subscribers,
    }),
  });
}

function pageOf<T>(
  shares: readonly (readonly T[])[],
  limit: number,
  by: { name(item: T): string; add(one: T, other: T): T },
): OverviewPage<T> {
  const merged = new Map<string, T>();
  for (const item of shares.flat()) {
    const name = by.name(item);
    const known = merged.get(name);
    merged.set(name, known === undefined ? item : by.add(known, item));
  }
  const items = [...merged.entries()]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, item]) => item);
  return { items: items.slice(0, limit), hasMore: items.length > limit };
}
