/** A deploy: three WebSocket processes are restarted one after the other while everybody talks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit } from './audit.ts';
import { type Crowd, gatherCrowd } from './crowd.ts';
import { crowdIsRight } from './faults.ts';
import { startTopology, type Topology } from './topology.ts';
import { startTraffic } from './traffic.ts';

const PEOPLE = 300;
/** Connections that a process sends away in a second: DRAIN_RATE. */
const PACE = 50;

let topology: Topology;
let crowd: Crowd;

beforeAll(async () => {
  topology = await startTopology({ DRAIN_RATE: String(PACE), DRAIN_TIMEOUT: '1s' });
  crowd = await gatherCrowd(topology, PEOPLE);
  await crowdIsRight(topology, crowd);
}, 60_000);

afterAll(async () => {
  crowd.leave();
  await topology.stop();
});

/** How often each person has connected so far. */
const opens = (): readonly number[] => crowd.clients.map(({ openedAt }) => openedAt.length);

/** The most that connected within any one second after `since`. */
function busiestSecond(since: number): number {
  const times = crowd.clients
    .flatMap(({ openedAt }) => openedAt)
    .filter((time) => time >= since)
    .toSorted((a, b) => a - b);
  let busiest = 0;
  let first = 0;
  for (const [index, time] of times.entries()) {
    while ((times[first] ?? time) <= time - 1000) first += 1;
    busiest = Math.max(busiest, index - first + 1);
  }
  return busiest;
}

describe('a rolling restart', () => {
  it('each client reconnects once per process that goes, at the set pace, and nothing is lost', async () => {
    const traffic = startTraffic(topology, {
      conversations: crowd.conversations,
      messagesPerSecond: 20,
      notificationsPerSecond: 2,
    });
    const startedAt = performance.now();
    for (const member of topology.membersOf('websocket')) {
      const before = opens();
      await member.kill('SIGTERM');
      await crowdIsRight(topology, crowd);
      await member.start();
      const again = opens().map((count, index) => count - (before[index] ?? 0));
      expect(Math.max(...again), `${member.name}: nobody twice`).toBe(1);
      expect(again.filter((count) => count === 1).length).toBeGreaterThan(PEOPLE / 10);
    }
    expect(busiestSecond(startedAt)).toBeLessThanOrEqual(PACE * 1.5);
    await traffic.stop();
    await crowd.gathered(10_000);
    const judged = await audit(topology, crowd, traffic.acknowledged);
    expect(judged.violations).toEqual([]);
    expect(judged.gapsTold).toBe(0);
    expect(judged.duplicates).toBe(0);
  }, 120_000);
});
