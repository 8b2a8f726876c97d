/**
 * `npm run capacity`: works a plan out and simulates it. Without options: the two worked examples
 * of docs/capacity.md.
 */
import { parseArgs } from 'node:util';
import { createSeededRandom } from '../../../packages/testkit/src/seeded-random.ts';
import { MEASURED } from './costs.ts';
import { COMFORTABLE, type Demand, type Installation } from './installation.ts';
import { type Plan, simulate, simulateReturn } from './simulate.ts';

const HELP = `npm run capacity -- [options]

  --connections N       at the same time
  --publications N      a second, over all channels
  --stored SHARE        share of them that is stored first, 0 to 1 (default 0.2)
  --group N             people who get a publication (default 10)
  --groups N            groups a connection is subscribed to at a time (default 3)
  --websocket N         WebSocket processes (a core each)
  --http N              HTTP processes
  --redis N             Redis servers
  --seed N
`;

/** People who lost their process come back over so many seconds: a client's first retry is spread. */
const RETURN_SECONDS = 10;
/** After everything stood still, with a balancer or CONNECT_RATE that lets them in gently. */
const ALL_RETURN_SECONDS = 60;

const EXAMPLES: readonly { title: string; demand: Demand; installation: Installation }[] = [
  {
    title: '1,000,000 connections, 20,000 publications a second',
    demand: {
      connections: 1_000_000,
      publicationsPerSecond: 20_000,
      storedShare: 0.2,
      groupSize: 10,
      groupsPerConnection: 3,
    },
    installation: { webSocketProcesses: 64, httpProcesses: 4, redisServers: 4 },
  },
  {
    title: '100,000 messages a second to groups of ten, 200,000 connections',
    demand: {
      connections: 200_000,
      publicationsPerSecond: 100_000,
      storedShare: 0,
      groupSize: 10,
      groupsPerConnection: 3,
    },
    installation: { webSocketProcesses: 32, httpProcesses: 16, redisServers: 8 },
  },
];

const { values } = parseArgs({
  options: {
    connections: { type: 'string' },
    publications: { type: 'string', default: '1000' },
    stored: { type: 'string', default: '0.2' },
    group: { type: 'string', default: '10' },
    groups: { type: 'string', default: '3' },
    websocket: { type: 'string', default: '3' },
    http: { type: 'string', default: '2' },
    redis: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(HELP);
else for (const plan of plans()) report(plan);

function plans(): typeof EXAMPLES {
  if (values.connections === undefined) return EXAMPLES;
  return [
    {
      title: `${values.connections} connections, ${values.publications} publications a second`,
      demand: {
        connections: Number(values.connections),
        publicationsPerSecond: Number(values.publications),
        storedShare: Number(values.stored),
        groupSize: Number(values.group),
        groupsPerConnection: Number(values.groups),
      },
      installation: {
        webSocketProcesses: Number(values.websocket),
        httpProcesses: Number(values.http),
        redisServers: Number(values.redis),
      },
    },
  ];
}

function report({ title, demand, installation }: (typeof EXAMPLES)[number]): void {
  const plan = {
    demand,
    installation,
    costs: MEASURED,
    random: createSeededRandom(Number(values.seed)).next,
  };
  const { uses, deliveriesPerSecond, forwardsPerSecond } = simulate(plan);
  const { webSocketProcesses, httpProcesses, redisServers } = installation;
  console.log(`\n### ${title}\n`);
  console.log(
    `${webSocketProcesses} WebSocket processes, ${httpProcesses} HTTP processes, ${redisServers} Redis servers: ` +
      `${Math.round(deliveriesPerSecond)} deliveries/s, ${Math.round(forwardsPerSecond)} forwards/s by Redis.\n`,
  );
  console.log('| Resource | Load | |\n|---|---|---|');
  const byLoad = uses.toSorted((a, b) => b.load - a.load);
  for (const { resource, load, detail } of byLoad) {
    const mark = load > 1 ? '**too small**' : load > COMFORTABLE ? 'tight' : '';
    console.log(`| ${resource}: ${detail} | ${Math.round(load * 100)} % | ${mark} |`);
  }
  console.log(`\nFullest: ${byLoad[0]?.resource ?? ''}.\n`);
  reportReturns(plan);
}

function reportReturns(plan: Plan): void {
  const { connections } = plan.demand;
  const { webSocketProcesses } = plan.installation;
  const cases = [
    {
      what: 'One WebSocket process dies',
      people: connections / webSocketProcesses,
      seconds: RETURN_SECONDS,
      processes: Math.max(1, webSocketProcesses - 1),
    },
    {
      what: 'Everybody has to come back',
      people: connections,
      seconds: ALL_RETURN_SECONDS,
      processes: webSocketProcesses,
    },
  ];
  for (const { what, ...wave } of cases) {
    const { connectsPerSecond, uses } = simulateReturn(plan, wave);
    const loads = uses.map(
      ({ resource, load, detail }) => `${resource} ${(load * 100).toFixed(1)} % (${detail})`,
    );
    console.log(
      `- ${what}, within ${wave.seconds} s: ${Math.round(connectsPerSecond)} connects/s; ${loads.join(', ')}.`,
    );
  }
}
