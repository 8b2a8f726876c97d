/**
 * The SDK against the real server core over connections that break: cut, silent, slow, refused, the
 * server killed and started again with or without its history, tokens that run out, tabs that hide
 * and devices that lose their network. One seed decides all of it. In the end every client has seen
 * every publication once and in order, or was told of a gap.
 */
import { createFakeClock } from '../fake-clock.ts';
import { createSeededRandom } from '../seeded-random.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Fate } from '../simulation/faulty-broker.ts';
import { checkHistory } from '../simulation/history-checker.ts';
import { ObservedClient } from './observed-client.ts';
import { HISTORY_SIZE, SimulatedServer } from './simulated-server.ts';
import { SimulatedWire } from './simulated-wire.ts';

export interface ClientSimulationResult {
  readonly trace: readonly string[];
  readonly violations: readonly string[];
  readonly publications: number;
  readonly gaps: number;
  readonly connections: number;
  readonly calls: number;
}

const STEPS = 50;
const SHARED = ['ev:a', 'ev:b', 'live:x'];

class World {
  readonly clock = createFakeClock();
  readonly random: SeededRandom;
  readonly server: SimulatedServer;
  readonly trace: string[] = [];
  readonly wires = new Set<SimulatedWire>();
  readonly clients: readonly ObservedClient[];
  connections = 0;
  isCalm = false;
  #live = 0;
  #keys = 0;
  readonly #slowness: number;

  constructor(seed: number, hidesGaps: boolean) {
    this.random = createSeededRandom(seed);
    this.server = new SimulatedServer(this.clock, this.random);
    this.#slowness = this.random.pick([5, 100, 1500]) ?? 5;
    const lossiness = this.random.pick([0, 0, 0.1]) ?? 0;
    // What has no history and is lost on the way to the server is nobody's to find.
    this.server.broker.fate = (event): Fate =>
      event.type === 'publication' &&
      event.publication.offset !== undefined &&
      this.random.chance(lossiness)
        ? 'lose'
        : 'deliver';
    this.clients = ['ann', 'bob'].map(
      (name) =>
        new ObservedClient({
          name,
          channels: [...SHARED, `user:${name}`],
          clock: this.clock,
          random: this.random,
          connect: () => this.#connect(),
          trace: (line) => this.note(line),
          hidesGaps,
        }),
    );
  }

  note(line: string): void {
    this.trace.push(`${this.clock.monotonic()} ${line}`);
  }

  async act(): Promise<void> {
    const burst = this.random.chance(0.1) ? HISTORY_SIZE + 10 : this.random.below(4);
    for (let count = 0; count < burst; count += 1) await this.#publish();
    const client = this.random.pick(this.clients);
    const wire = this.random.pick([...this.wires]);
    const dice = this.random.next();
    if (dice < 0.15) wire?.cut();
    else if (dice < 0.22) wire?.silence();
    else if (dice < 0.29) await this.#restart();
    else if (dice < 0.33) this.server.broker.forget(this.random.pick(SHARED.slice(0, 2)) ?? '');
    else if (dice < 0.37) client?.setOnline(false);
    else if (dice < 0.47) client?.setOnline(true);
    else if (dice < 0.51) client?.setVisible(this.random.chance(0.5));
    else if (dice < 0.55) client?.release(this.random.pick(SHARED) ?? '');
    else if (dice < 0.63) for (const channel of SHARED) client?.hold(channel);
    else if (dice < 0.7) client?.client.retryNow();
    else if (dice < 0.8) client?.call();
    else if (dice < 0.86) this.#publishAs(client);
  }

  /** Nothing breaks any more. */
  async mend(): Promise<void> {
    this.isCalm = true;
    this.server.broker.fate = () => 'deliver';
    if (!this.server.isUp) await this.server.start();
    for (const client of this.clients) {
      client.setVisible(true);
      client.setOnline(true);
      for (const channel of SHARED) client.hold(channel);
    }
    await this.clock.advance(120_000);
  }

  async #publish(): Promise<void> {
    const channel = this.random.pick([...SHARED, 'user:ann', 'user:bob']) ?? '';
    if (channel === 'live:x') {
      this.#live += 1;
      return this.server.publish(channel, String(this.#live));
    }
    this.#keys += 1;
    await this.server.publish(channel, JSON.stringify(`${channel}#${this.#keys}`));
  }

  #publishAs(client: ObservedClient | undefined): void {
    this.#keys += 1;
    const channel = this.random.pick(SHARED.slice(0, 2)) ?? '';
    void client?.publish(channel, `own-${this.#keys}`);
  }

  async #restart(): Promise<void> {
    if (!this.server.isUp) {
      this.note('the server is back');
      return this.server.start();
    }
    const loses = this.random.chance(0.5);
    this.note(`the server is killed${loses ? ', its history is gone' : ''}`);
    this.server.kill();
    for (const wire of this.wires) wire.cut();
    if (!loses) return;
    for (const channel of ['ev:a', 'ev:b', 'user:ann', 'user:bob']) {
      this.server.broker.forget(channel);
    }
  }

  #connect() {
    this.connections += 1;
    const wire = new SimulatedWire(
      {
        clock: this.clock,
        latencyMs: () => (this.isCalm ? 1 : this.random.below(this.#slowness)),
        repeats: () => !this.isCalm && this.random.chance(0.1),
        accept: (socket) => this.server.accept(socket),
        onEnd: (ended) => this.wires.delete(ended),
      },
      !this.isCalm && this.random.chance(0.1),
    );
    this.wires.add(wire);
    return wire.end;
  }
}

export async function simulateClient(
  seed: number,
  { hidesGaps = false } = {},
): Promise<ClientSimulationResult> {
  const world = new World(seed, hidesGaps);
  await world.server.start();
  for (let step = 0; step < STEPS; step += 1) {
    await world.act();
    await world.clock.advance(world.random.below(world.random.chance(0.15) ? 40_000 : 800));
  }
  await world.mend();
  return judge(world);
}

async function judge(world: World): Promise<ClientSimulationResult> {
  const { server, clients, trace, connections } = world;
  const violations: string[] = [];
  for (const client of clients) {
    client.finish();
    violations.push(...client.violations.map((each) => `${client.name}: ${each}`));
    for (const channel of ['ev:a', 'ev:b', `user:${client.name}`]) {
      const end = await server.end(channel);
      const published = server.published.get(channel) ?? [];
      const seen = client.seenOf(channel);
      const found = checkHistory(seen, published, { historySize: HISTORY_SIZE, end });
      violations.push(...found.map((each) => `${client.name} in ${channel}: ${each}`));
    }
    const all = [...server.published.values()].flat().map(({ data }) => data);
    for (const data of client.acknowledged) {
      if (!all.includes(data)) violations.push(`${client.name}: ${data} was acknowledged and lost`);
    }
    client.client.close();
  }
  const sum = (count: (client: ObservedClient) => number): number =>
    clients.reduce((total, client) => total + count(client), 0);
  return {
    trace,
    violations,
    publications: [...server.published.values()].flat().length,
    gaps: sum(({ gaps }) => gaps),
    connections,
    calls: sum(({ calls }) => calls),
  };
}
