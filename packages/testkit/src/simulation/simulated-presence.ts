/** A node's presence store over a simulated engine. */
import type { ClientInfo } from '@carillon/protocol';
import type { PresenceStore } from '../../../server/src/ports/presence-store.ts';
import { AWAY } from './engine-away.ts';
import type { Link } from './simulated-engine.ts';

export function createSimulatedPresence(link: Link): PresenceStore {
  const own = (channel: string): Map<string, ClientInfo> => {
    let clients = link.presence.get(channel);
    if (clients === undefined) link.presence.set(channel, (clients = new Map()));
    return clients;
  };
  const present = (channel: string): readonly ClientInfo[] => {
    const links = link.isAway ? [link] : [...link.engine.listed()];
    return links.flatMap((each) => [...(each.presence.get(channel)?.values() ?? [])]);
  };
  const countOf = (channel: string, user: string): Promise<number> => {
    if (link.isAway) return Promise.reject(new Error(AWAY));
    return Promise.resolve(present(channel).filter((each) => each.user === user).length);
  };
  return {
    add(channel, info) {
      own(channel).set(info.client, info);
      return countOf(channel, info.user);
    },
    remove(channel, info) {
      own(channel).delete(info.client);
      return countOf(channel, info.user);
    },
    list: (channel) => Promise.resolve(present(channel)),
    stats(channel) {
      const clients = present(channel);
      const users = new Set(clients.map(({ user }) => user)).size;
      return Promise.resolve({ clients: clients.length, users });
    },
    close() {
      link.presence.clear();
      return Promise.resolve();
    },
  };
}
