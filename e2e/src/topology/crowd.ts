/** Everybody: people in groups of ten, each group with a conversation of its own. */
import { CrowdClient } from './crowd-client.ts';
import type { Topology } from './topology.ts';
import { until } from './until.ts';

const GROUP = 10;
const OPENING_PER_SECOND = 400;

export interface Conversation {
  readonly id: string;
  readonly members: readonly string[];
}

export interface Crowd {
  readonly conversations: readonly Conversation[];
  readonly clients: readonly CrowdClient[];
  clientOf(user: string): CrowdClient;
  token(user: string): Promise<string>;
  /** Everybody is connected and subscribed. */
  gathered(withinMs: number): Promise<void>;
  leave(): void;
}

export async function gatherCrowd(topology: Topology, size: number): Promise<Crowd> {
  const issuer = topology.members[0]?.server;
  if (issuer === undefined) throw new Error('no process');
  const token = (user: string): Promise<string> => issuer.token(user);
  const conversations: Conversation[] = [];
  const clients: CrowdClient[] = [];
  for (let first = 0; first < size; first += GROUP) {
    const members = Array.from({ length: GROUP }, (_, index) => `person-${first + index}`);
    const answer = await topology.call('/api/v1/conversations', { kind: 'group', members });
    if (!answer.ok) throw new Error(`no conversation: ${answer.status} ${await answer.text()}`);
    const { id } = (await answer.json()) as { id: string };
    conversations.push({ id, members });
    for (const user of members) {
      const url = `${topology.nginx.wsUrl}/connection/websocket`;
      clients.push(new CrowdClient({ url, user, token: await token(user), channel: `chat:${id}` }));
    }
    await new Promise((resolve) => setTimeout(resolve, (GROUP * 1000) / OPENING_PER_SECOND));
  }
  const byUser = new Map(clients.map((client) => [client.user, client]));
  return {
    conversations,
    clients,
    token,
    clientOf: (user) => {
      const client = byUser.get(user);
      if (client === undefined) throw new Error(`nobody is called ${user}`);
      return client;
    },
    gathered: (withinMs) =>
      until('everybody is connected and subscribed', withinMs, () => {
        const missing = clients.filter(({ isReady }) => !isReady);
        const [first] = missing;
        return first === undefined ? undefined : `${missing.length} are not: ${first.trouble}`;
      }),
    leave: () => {
      for (const client of clients) client.leave();
    },
  };
}
