/**
 * A node and its clients live through a random story of faults, which one seed decides to the last
 * detail: connections break, noticed or not, sockets stall, the broker loses, repeats and reorders
 * what it delivers, forgets history and refuses calls. Then all is well again for a while, and what
 * every client saw is checked.
 */
import { createMemoryBroker } from '../../../server/src/adapters/broker-memory/memory-broker.ts';
import type { CoreLimits } from '../../../server/src/core/limits.ts';
import { createFakeClock } from '../fake-clock.ts';
import { createSeededRandom } from '../seeded-random.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { FaultyBroker } from './faulty-broker.ts';
import type { Fate } from './faulty-broker.ts';
import { checkHistory } from './history-checker.ts';
import type { Published } from './history-checker.ts';
import { createNodeFixture, namespace } from './node-fixture.ts';
import type { NodeFixture } from './node-fixture.ts';
import { SimulatedClient } from './simulated-client.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** @default 60 */
  readonly steps?: number;
  readonly limits?: Partial<CoreLimits>;
}

export interface SimulationResult {
  readonly trace: readonly string[];
  readonly violations: readonly string[];
  readonly publications: number;
  readonly resets: number;
}

const HISTORY_SIZE = 20;
const NAMESPACES = ['ev', 'user'].map((name) =>
  namespace(name, {
    historySize: HISTORY_SIZE,
    historyTtlMs: 3_600_000,
    canRecover: true,
    hasPresence: true,
    hasJoinLeave: true,
  }),
);

class World {
  readonly random: SeededRandom;
  readonly faulty: FaultyBroker;
  readonly fixture: NodeFixture;
  readonly clients: readonly SimulatedClient[];
  readonly channels: readonly string[];
  readonly published = new Map<string, Published[]>();
  readonly trace: string[];

  constructor(setup: {
    random: SeededRandom;
    faulty: FaultyBroker;
    fixture: NodeFixture;
    trace: string[];
  }) {
    this.random = setup.random;
    this.faulty = setup.faulty;
    this.fixture = setup.fixture;
    this.trace = setup.trace;
    const names = Array.from({ length: 2 + this.random.below(4) }, (_, index) => `c${index}`);
    this.channels = ['ev:a', 'ev:b', ...names.slice(0, 2).map((name) => `user:${name}`)];
    const { node, format } = this.fixture;
    const server = { name: 'the node', node, historyFailures: () => this.faulty.historyFailures };
    this.clients = names.map((name) => {
      const own = this.channels.filter((each) => each.startsWith('ev:') || each === `user:${name}`);
      return new SimulatedClient(name, own, {
        pickServer: () => server,
        format,
        trace: (line) => this.note(line),
      });
    });
  }

  note(line: string): void {
    this.trace.push(`${this.fixture.clock.monotonic()} ${line}`);
  }

  async publish(): Promise<void> {
    const channel = this.random.pick(this.channels) ?? '';
    const data = JSON.stringify(`${channel}#${this.random.id()}`);
    const outcome = await this.fixture.node.publish(channel, data);
    if (!outcome.ok || outcome.value.position === undefined) return;
    this.note(`published ${channel} ${data}`);
    const list = this.published.get(channel) ?? [];
    list.push({ ...outcome.value.position, data });
    this.published.set(channel, list);
  }

  misbehave(): void {
    const client = this.random.pick(this.clients);
    const dice = this.random.next();
    if (dice < 0.25) client?.drop(this.random.chance(0.6));
    else if (dice < 0.45) client?.setSlow(true);
    else if (dice < 0.65) client?.setSlow(false);
    else if (dice < 0.75) this.forget();
    else if (dice < 0.8) this.faulty.failing.add('history');
    else if (dice < 0.92) this.faulty.failing.clear();
    else this.faulty.releaseDelayed();
  }

  forget(): void {
    const channel = this.random.pick(this.channels) ?? '';
    this.note(`the broker forgets ${channel}`);
    this.faulty.forget(channel);
  }

  pump(): void {
    for (const client of this.clients) {
      if (client.isConnected) client.pump();
      else if (this.random.chance(0.5)) client.connect();
    }
  }
}

export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const world = await createWorld(options);
  const { clock } = world.fixture;
  for (let step = 0; step < (options.steps ?? 60); step += 1) {
    const burst = world.random.chance(0.1) ? 30 : world.random.below(4);
    for (let count = 0; count < burst; count += 1) await world.publish();
    if (world.random.chance(0.4)) world.misbehave();
    if (world.random.chance(0.3)) await clock.settle();
    world.pump();
    await clock.advance(world.random.below(world.random.chance(0.1) ? 15_000 : 400));
  }
  await recover(world);
  return await judge(world);
}

async function createWorld(options: SimulationOptions): Promise<World> {
  const random = createSeededRandom(options.seed);
  const clock = createFakeClock();
  const faulty = new FaultyBroker(createMemoryBroker({ clock, random }));
  const lossiness = random.pick([0, 0.05, 0.3]) ?? 0;
  faulty.fate = (): Fate => {
    if (!random.chance(lossiness)) return 'deliver';
    return random.pick(['lose', 'repeat', 'delay'] as const) ?? 'lose';
  };
  const dawdle = (): Promise<void> =>
    random.chance(0.2)
      ? new Promise((resolve) => clock.after(random.below(900), resolve))
      : Promise.resolve();
  faulty.beforeHistory = dawdle;
  faulty.afterHistory = dawdle;
  const fixture = await createNodeFixture({
    clock,
    random,
    broker: faulty,
    namespaces: NAMESPACES,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  return new World({ random, faulty, fixture, trace: [] });
}

/** The world mends: long enough for heartbeats, position checks and reconnects. */
async function recover(world: World): Promise<void> {
  world.faulty.fate = () => 'deliver';
  world.faulty.beforeHistory = () => Promise.resolve();
  world.faulty.afterHistory = () => Promise.resolve();
  world.faulty.failing.clear();
  world.faulty.releaseDelayed();
  for (let round = 0; round < 45; round += 1) {
    for (const client of world.clients) client.setSlow(false);
    world.pump();
    await world.fixture.clock.advance(1_000);
  }
  world.pump();
}

async function judge(world: World): Promise<SimulationResult> {
  const violations: string[] = [];
  let resets = 0;
  for (const channel of world.channels) {
    const { position } = await world.faulty.history(channel, { limit: 0 });
    const published = world.published.get(channel) ?? [];
    for (const client of world.clients) {
      const seen = client.seenOf(channel);
      if (seen.length === 0) continue;
      resets += seen.filter((each) => each.type === 'subscribed' && !each.hasRecovered).length;
      const found = checkHistory(seen, published, { historySize: HISTORY_SIZE, end: position });
      violations.push(...found.map((each) => `${client.name} in ${channel}: ${each}`));
    }
    const { node } = world.fixture;
    const expected = world.clients.filter((client) => client.seenOf(channel).length > 0).length;
    if (node.subscriberCount(channel) !== expected) {
      violations.push(
        `${channel} has ${node.subscriberCount(channel)} subscribers, not ${expected}`,
      );
    }
  }
  const publications = [...world.published.values()].reduce((sum, list) => sum + list.length, 0);
  return { trace: world.trace, violations, publications, resets };
}
