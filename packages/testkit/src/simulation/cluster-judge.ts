/** What must be true of a simulated cluster when all is quiet. */
import { checkHistory } from './history-checker.ts';
import { CLUSTER_HISTORY_SIZE } from './cluster-world.ts';
import type { ClusterWorld } from './cluster-world.ts';
import type { SimulationResult } from './simulate.ts';

export async function judgeCluster(world: ClusterWorld): Promise<SimulationResult> {
  const violations: string[] = [];
  let resets = 0;
  for (const channel of world.channels) {
    resets += judgeChannel(world, channel, violations);
    await judgePresence(world, channel, violations);
  }
  for (const { name, node } of world.members) {
    const { connections } = await node.totals();
    if (connections !== world.clients.length) {
      violations.push(`${name} knows of ${connections} connections, not ${world.clients.length}`);
    }
  }
  const publications = [...world.published.values()].reduce((sum, list) => sum + list.length, 0);
  return { trace: world.trace, violations, publications, resets };
}

/** @returns how often a client was told that it missed something. */
function judgeChannel(world: ClusterWorld, channel: string, violations: string[]): number {
  const { epoch, top } = world.engine.streamOf(channel);
  const published = world.published.get(channel) ?? [];
  let resets = 0;
  for (const client of world.clients) {
    const seen = client.seenOf(channel);
    if (seen.length === 0) continue;
    resets += seen.filter((each) => each.type === 'subscribed' && !each.hasRecovered).length;
    const end = { epoch, offset: top };
    const found = checkHistory(seen, published, { historySize: CLUSTER_HISTORY_SIZE, end });
    violations.push(...found.map((each) => `${client.name} in ${channel}: ${each}`));
  }
  return resets;
}

async function judgePresence(
  world: ClusterWorld,
  channel: string,
  violations: string[],
): Promise<void> {
  const expected = world.clients.filter((client) => client.seenOf(channel).length > 0).length;
  let subscribers = 0;
  for (const { name, node } of world.members) {
    subscribers += node.subscriberCount(channel);
    const stats = await node.presenceStats(channel);
    const clients = stats.ok ? stats.value.clients : -1;
    if (clients !== expected) {
      violations.push(`${name} lists ${clients} in ${channel}, not ${expected}`);
    }
  }
  if (subscribers !== expected) {
    violations.push(`${channel} has ${subscribers} subscribers, not ${expected}`);
  }
}
