/** Several nodes of the core over one simulated engine, on one fake clock. */
import type { Identity } from '../../../server/src/ports/authenticator.ts';
import type { ConnectionInit } from '../../../server/src/ports/connection-handler.ts';
import { createFakeClock } from '../fake-clock.ts';
import type { FakeClock } from '../fake-clock.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { createNodeFixture } from './node-fixture.ts';
import type { FixtureOptions, NodeFixture, TestClient } from './node-fixture.ts';
import { SimulatedEngine } from './simulated-engine.ts';
import type { Link } from './simulated-engine.ts';

export interface ClusterNode extends NodeFixture {
  readonly link: Link;
  /** The process is gone: nothing of it runs any more, and nobody was told. */
  crash(): void;
  /** A ready connection; the directory has answered. */
  enter(
    user: string,
    identity?: Partial<Identity>,
    init?: Partial<ConnectionInit>,
  ): Promise<TestClient>;
}

export interface ClusterFixture {
  readonly clock: FakeClock;
  readonly engine: SimulatedEngine;
  readonly nodes: readonly ClusterNode[];
}

export async function createClusterFixture(
  count: number,
  options: FixtureOptions = {},
): Promise<ClusterFixture> {
  const clock = options.clock ?? createFakeClock();
  const random = options.random ?? createSeededRandom(1);
  const engine = new SimulatedEngine(clock, random);
  const nodes: ClusterNode[] = [];
  for (let index = 1; index <= count; index += 1) {
    nodes.push(await createClusterNode(engine, `n${index}`, options));
  }
  return { clock, engine, nodes };
}

export async function createClusterNode(
  engine: SimulatedEngine,
  id: string,
  options: FixtureOptions = {},
): Promise<ClusterNode> {
  const link = engine.connect(id);
  const { random } = engine;
  const clock = mortalClock(engine.clock, link);
  const identity = { id, name: `node ${id}`, version: '1.2.3', kind: 'websocket' };
  const fixture = await createNodeFixture({
    ...link.parts,
    ...options,
    identity,
    clock,
    random,
  });
  return {
    ...fixture,
    link,
    crash: () => link.crash(),
    async enter(user, who = {}, init = {}) {
      const client = fixture.open(init);
      const outcome = await client.session.authenticate({ user, ...who });
      if (!outcome.ok) throw new Error(`not admitted: ${outcome.error}`);
      return client;
    },
  };
}

/** Time for one node: when it has crashed nothing that it waits for happens. */
function mortalClock(clock: FakeClock, link: Link): FakeClock {
  const whileAlive = (callback: () => void) => (): void => {
    if (!link.isCrashed) callback();
  };
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (delayMs, callback) => clock.after(delayMs, whileAlive(callback)),
    defer: (callback) => clock.defer(whileAlive(callback)),
    settle: () => clock.settle(),
    advance: (ms) => clock.advance(ms),
    stall: (ms) => clock.stall(ms),
    shiftWallClock: (ms) => clock.shiftWallClock(ms),
    get pendingTimers() {
      return clock.pendingTimers;
    },
  };
}
