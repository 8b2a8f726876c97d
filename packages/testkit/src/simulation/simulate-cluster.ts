/**
 * Several nodes over one engine live through a random story of faults, which one seed decides to
 * the last detail: links delay, lose, repeat and reorder, are cut and healed; nodes crash or are
 * drained and others take their place; the engine goes down and comes back, with its data or
 * without; clients break off, stall and come back elsewhere. Then all is well again for a while,
 * and what every client saw is checked.
 */
import { judgeCluster } from './cluster-judge.ts';
import { ClusterWorld } from './cluster-world.ts';
import type { SimulationOptions, SimulationResult } from './simulate.ts';

export async function simulateCluster(options: SimulationOptions): Promise<SimulationResult> {
  const world = new ClusterWorld(options);
  const { random, engine } = world;
  const size = 2 + random.below(3);
  for (let count = 0; count < size; count += 1) await world.addNode();
  for (let step = 0; step < (options.steps ?? 60); step += 1) {
    const burst = random.chance(0.1) ? 30 : random.below(4);
    for (let count = 0; count < burst; count += 1) world.write();
    await world.relay();
    if (random.chance(0.4)) await world.misbehave();
    if (random.chance(0.3)) await engine.clock.settle();
    world.pump();
    await engine.clock.advance(random.below(random.chance(0.1) ? 15_000 : 400));
  }
  await recover(world);
  return judgeCluster(world);
}

/** The world mends: long enough for heartbeats, position checks and reconnects. */
async function recover(world: ClusterWorld): Promise<void> {
  world.comeBack(false);
  for (const { fixture } of world.members) {
    fixture.link.heal();
    fixture.link.fate = () => 'deliver';
    fixture.link.delayMs = () => 0;
    fixture.link.releaseHeld();
  }
  await world.relay();
  for (let round = 0; round < 45; round += 1) {
    for (const client of world.clients) client.setSlow(false);
    world.pump();
    await world.engine.clock.advance(1_000);
  }
  world.pump();
}
