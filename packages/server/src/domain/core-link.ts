/** The running core as the services see it. It is made after them, because it needs their policy. */
import type { ChannelAdmin, Cluster, ConnectionRegistry, Publisher } from '../ports/server-api.ts';

export interface CoreLink {
  readonly publisher: Publisher;
  readonly registry: ConnectionRegistry;
  readonly channelAdmin: ChannelAdmin;
  readonly cluster: Cluster;
}

export interface LateCoreLink extends CoreLink {
  connect(core: CoreLink): void;
}

export function createCoreLink(): LateCoreLink {
  let connected: CoreLink | undefined;
  const core = (): CoreLink => {
    if (connected === undefined) throw new Error('the domain is used before Domain.connect(core)');
    return connected;
  };
  return {
    connect(next) {
      connected = next;
    },
    get publisher() {
      return core().publisher;
    },
    get registry() {
      return core().registry;
    },
    get channelAdmin() {
      return core().channelAdmin;
    },
    get cluster() {
      return core().cluster;
    },
  };
}
