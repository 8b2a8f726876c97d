/** The nodes, clients, letters and faults of a simulated cluster; the story is simulate-cluster.ts. */
import { createFakeClock } from '../fake-clock.ts';
import { createSeededRandom } from '../seeded-random.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { createClusterNode } from './cluster-fixture.ts';
import type { ClusterNode } from './cluster-fixture.ts';
import type { Fate } from './faulty-broker.ts';
import type { Published } from './history-checker.ts';
import { createLineFormat } from './line-format.ts';
import { namespace } from './node-fixture.ts';
import { SimulatedClient } from './simulated-client.ts';
import type { SimulatedServer } from './simulated-client.ts';
import { SimulatedEngine } from './simulated-engine.ts';
import type { CoreLimits } from '../../../server/src/core/limits.ts';
import type { SimulationOptions } from './simulate.ts';

export const CLUSTER_HISTORY_SIZE = 20;
const NAMESPACES = ['ev', 'user'].map((name) =>
  namespace(name, {
    historySize: CLUSTER_HISTORY_SIZE,
    historyTtlMs: 3_600_000,
    canRecover: true,
    hasPresence: true,
    hasJoinLeave: true,
  }),
);

interface Letter {
  readonly channel: string;
  readonly data: string;
}

/** One node, as clients are sent to it. */
interface Member extends SimulatedServer {
  readonly fixture: ClusterNode;
}

export class ClusterWorld {
  readonly random: SeededRandom;
  readonly engine: SimulatedEngine;
  readonly limits: Partial<CoreLimits>;
  readonly clients: readonly SimulatedClient[];
  readonly channels: readonly string[];
  readonly published = new Map<string, Published[]>();
  readonly trace: string[] = [];
  members: Member[] = [];
  /** Committed, and not published yet: what an outbox holds. */
  #outbox: Letter[] = [];
  #serial = 0;
  readonly #lossiness: number;
  readonly #delays: readonly number[];

  constructor(options: SimulationOptions) {
    const random = createSeededRandom(options.seed);
    const clock = createFakeClock();
    this.random = random;
    this.limits = options.limits ?? {};
    this.engine = new SimulatedEngine(clock, random);
    this.#lossiness = random.pick([0, 0.05, 0.3]) ?? 0;
    this.#delays = random.pick([[0], [0, 1, 5], [0, 20, 900]]) ?? [0];
    const names = Array.from({ length: 2 + random.below(4) }, (_, index) => `c${index}`);
    this.channels = ['ev:a', 'ev:b', ...names.slice(0, 2).map((name) => `user:${name}`)];
    const format = createLineFormat();
    this.clients = names.map((name) => {
      const own = this.channels.filter((each) => each.startsWith('ev:') || each === `user:${name}`);
      const pickServer = () => this.random.pick(this.members);
      return new SimulatedClient(name, own, {
        pickServer,
        format,
        trace: (line) => this.note(line),
      });
    });
  }

  note(line: string): void {
    this.trace.push(`${this.engine.clock.monotonic()} ${line}`);
  }

  async addNode(): Promise<void> {
    this.#serial += 1;
    const name = `n${this.#serial}`;
    const fixture = await createClusterNode(this.engine, name, {
      namespaces: NAMESPACES,
      limits: this.limits,
    });
    const { link, node } = fixture;
    link.fate = (): Fate => {
      if (!this.random.chance(this.#lossiness)) return 'deliver';
      return this.random.pick(['lose', 'repeat', 'delay'] as const) ?? 'lose';
    };
    link.delayMs = () => this.random.pick(this.#delays) ?? 0;
    this.members.push({ name, node, fixture, historyFailures: () => link.historyFailures });
    this.note(`${name} starts`);
  }

  write(): void {
    const channel = this.random.pick(this.channels) ?? '';
    const data = JSON.stringify(`${channel}#${this.random.id()}`);
    this.#outbox.push({ channel, data });
  }

  /** As a relay does: whatever could not be published is tried again, under the same key. */
  async relay(): Promise<void> {
    const letters = this.#outbox;
    this.#outbox = [];
    for (const letter of letters) if (!(await this.#publish(letter))) this.#outbox.push(letter);
  }

  async #publish({ channel, data }: Letter): Promise<boolean> {
    const member = this.random.pick(this.members);
    const outcome = await member?.node.publish(channel, data, { idempotencyKey: data });
    if (outcome?.ok !== true || outcome.value.position === undefined) return false;
    this.note(`${member?.name} published ${channel} ${data}`);
    const list = this.published.get(channel) ?? [];
    list.push({ ...outcome.value.position, data });
    this.published.set(channel, list);
    return true;
  }

  async misbehave(): Promise<void> {
    const client = this.random.pick(this.clients);
    const member = this.random.pick(this.members);
    const dice = this.random.next();
    if (dice < 0.2) client?.drop(this.random.chance(0.6));
    else if (dice < 0.3) client?.setSlow(true);
    else if (dice < 0.45) client?.setSlow(false);
    else if (dice < 0.55) this.#say(member, 'is cut off', () => member?.fixture.link.cut());
    else if (dice < 0.7) this.#say(member, 'is reached again', () => member?.fixture.link.heal());
    else if (dice < 0.78) await this.#replace(member, this.random.chance(0.5));
    else if (dice < 0.84) this.#say(undefined, 'the engine goes down', () => this.engine.goDown());
    else if (dice < 0.94) this.comeBack(this.random.chance(0.4));
    else for (const each of this.members) each.fixture.link.releaseHeld();
  }

  comeBack(hasLostData: boolean): void {
    if (!this.engine.isDown) return;
    this.note(`the engine comes back${hasLostData ? ' without its data' : ''}`);
    this.engine.comeBack(hasLostData);
  }

  pump(): void {
    for (const client of this.clients) {
      if (client.isConnected) client.pump();
      else if (this.random.chance(0.5)) client.connect();
    }
  }

  /** One goes, in peace or not, and another comes. */
  async #replace(member: Member | undefined, isCrash: boolean): Promise<void> {
    if (member === undefined) return;
    this.members = this.members.filter((each) => each !== member);
    if (isCrash) {
      this.note(`${member.name} crashes`);
      member.fixture.crash();
      for (const client of this.clients) if (client.server === member) client.drop(false);
    } else {
      this.note(`${member.name} is drained`);
      void member.node.drain({ durationMs: 500, minBatchSize: 1 }).then(() => member.node.close());
    }
    await this.addNode();
  }

  #say(member: Member | undefined, what: string, act: () => void): void {
    this.note(member === undefined ? what : `${member.name} ${what}`);
    act();
  }
}
