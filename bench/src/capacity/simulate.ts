/**
 * A second of an installation's life, by chance but with the program's own hash functions: people
 * are placed on processes and in groups, publications happen in groups, and what each process and
 * each Redis server has to do for them is added up. Groups are sampled, so that a million people fit.
 */
import { createRendezvous } from '../../../packages/server/src/adapters/redis/connection-slots.ts';
import type { Costs } from './costs.ts';
import type { Demand, Installation, Use } from './installation.ts';

const SAMPLED_PUBLICATIONS = 50_000;
const SECOND_US = 1_000_000;
const KIB_PER_GIB = 1024 * 1024;
/** Groups are not equally busy: a tenth of them gets half of the messages. */
const BUSY_GROUPS = 0.1;
const BUSY_SHARE = 0.5;

export interface Plan {
  readonly demand: Demand;
  readonly installation: Installation;
  readonly costs: Costs;
  /** In [0, 1). */
  random(): number;
}

interface Tally {
  /** CPU µs in the sampled time. */
  readonly processes: Float64Array;
  readonly redis: Float64Array;
  deliveries: number;
  forwards: number;
}

export interface Simulated {
  readonly uses: readonly Use[];
  readonly deliveriesPerSecond: number;
  readonly forwardsPerSecond: number;
}

export function simulate(plan: Plan): Simulated {
  const { demand, installation, costs } = plan;
  const tally = samplePublications(plan);
  const scale = demand.publicationsPerSecond / SAMPLED_PUBLICATIONS;
  const perProcess = demand.connections / installation.webSocketProcesses;
  const idleUs = perProcess * costs.usPerIdleSecond;
  const busiest = Math.max(...tally.processes) * scale + idleUs;
  const busiestRedis = Math.max(...tally.redis) * scale;
  const stored = demand.publicationsPerSecond * demand.storedShare;
  const gib = (perProcess * costs.kibPerConnection) / KIB_PER_GIB;
  const publishUs =
    (demand.publicationsPerSecond * costs.usPerPublish) / installation.httpProcesses;
  return {
    deliveriesPerSecond: tally.deliveries * scale,
    forwardsPerSecond: tally.forwards * scale,
    uses: [
      {
        resource: 'busiest WebSocket process (CPU)',
        load: busiest / SECOND_US,
        detail: `${round(perProcess)} connections, ${round(gib * 10) / 10} GiB`,
      },
      {
        resource: 'busiest Redis server (CPU)',
        load: busiestRedis / SECOND_US,
        detail: `of ${installation.redisServers}; average ${percent(mean(tally.redis) * scale)}`,
      },
      {
        resource: 'HTTP process (CPU)',
        load: publishUs / SECOND_US,
        detail: `${round(demand.publicationsPerSecond / installation.httpProcesses)} publications/s each`,
      },
      {
        resource: 'database',
        load: stored / costs.storedPerSecond,
        detail: `${round(stored)} of ${round(costs.storedPerSecond)} stored messages/s`,
      },
    ],
  };
}

function samplePublications({ demand, installation, costs, random }: Plan): Tally {
  const { groupSize } = demand;
  const groups = Math.max(
    1,
    Math.round((demand.connections * demand.groupsPerConnection) / groupSize),
  );
  const servers = Array.from({ length: installation.redisServers }, (_, index) => `redis-${index}`);
  const shardOf = createRendezvous(servers);
  const tally: Tally = {
    processes: new Float64Array(installation.webSocketProcesses),
    redis: new Float64Array(installation.redisServers),
    deliveries: 0,
    forwards: 0,
  };
  for (let count = 0; count < SAMPLED_PUBLICATIONS; count += 1) {
    const isBusy = random() < BUSY_SHARE;
    const among = isBusy ? Math.ceil(groups * BUSY_GROUPS) : groups;
    const group = Math.floor(random() * among);
    const shard = shardOf(`chat:${group}`);
    const reached = placeOf(group, { groupSize, processes: installation.webSocketProcesses });
    for (const [process, members] of reached) {
      tally.processes[process] =
        (tally.processes[process] ?? 0) + costs.usPerReceive + members * costs.usPerDelivery;
    }
    tally.redis[shard] =
      (tally.redis[shard] ?? 0) + costs.redisUsPerPublish + reached.size * costs.redisUsPerForward;
    tally.deliveries += groupSize;
    tally.forwards += reached.size;
  }
  return tally;
}

/** A group's people are where the balancer put them: anywhere, but always the same for a group. */
function placeOf(
  group: number,
  { groupSize, processes }: { readonly groupSize: number; readonly processes: number },
): ReadonlyMap<number, number> {
  const reached = new Map<number, number>();
  let state = Math.imul(group + 1, 0x9e37_79b1) >>> 0;
  for (let member = 0; member < groupSize; member += 1) {
    state = (Math.imul(state ^ (state >>> 15), 0x85eb_ca6b) + member) >>> 0;
    const process = state % processes;
    reached.set(process, (reached.get(process) ?? 0) + 1);
  }
  return reached;
}

export interface Return {
  readonly connectsPerSecond: number;
  readonly uses: readonly Use[];
}

/** `people` lost their process and come back evenly over `seconds`. */
export function simulateReturn(
  { installation, costs }: Plan,
  { people, seconds, processes }: { people: number; seconds: number; processes: number },
): Return {
  const perSecond = people / seconds;
  return {
    connectsPerSecond: perSecond,
    uses: [
      {
        resource: 'each WebSocket process (CPU)',
        load: (perSecond * costs.usPerConnect) / processes / SECOND_US,
        detail: `${processes} processes`,
      },
      {
        // One script over keys of one slot: more servers do not share this.
        resource: "the directory's Redis server (CPU)",
        load: (perSecond * costs.redisUsPerEntry) / SECOND_US,
        detail: `one of ${installation.redisServers}`,
      },
    ],
  };
}

const mean = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const round = (value: number): number => Math.round(value);
const percent = (us: number): string => `${Math.round((us / SECOND_US) * 100)} %`;
