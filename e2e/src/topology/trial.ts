/** One whole trial: set up, gather, do everything to it, and judge. The size is the caller's. */
import { type Audit, audit, missedBy } from './audit.ts';
import { type Crowd, gatherCrowd } from './crowd.ts';
import {
  crowdIsRight,
  type FaultPlan,
  freezeOne,
  killEachProcess,
  troublePostgres,
  troubleRedis,
} from './faults.ts';
import { startTopology, type Topology } from './topology.ts';
import { startTraffic } from './traffic.ts';
import { until } from './until.ts';

export interface TrialPlan extends FaultPlan {
  readonly people: number;
  readonly messagesPerSecond: number;
  readonly notificationsPerSecond: number;
  note(text: string): void;
}

export interface TrialReport extends Audit {
  readonly messages: number;
  readonly retried: number;
  readonly slowestMs: number;
  readonly seconds: number;
  /** Close and error codes by how often the crowd met them. */
  readonly closes: Readonly<Record<string, number>>;
}

/** Within this, what was acknowledged last must have reached everybody. */
const SETTLE_MS = 20_000;

export async function runTrial(plan: TrialPlan): Promise<TrialReport> {
  const startedAt = performance.now();
  const topology = await startTopology();
  try {
    plan.note(`${plan.people} people come`);
    const crowd = await gatherCrowd(topology, plan.people);
    await crowdIsRight(topology, crowd);
    const report = await tryEverything(topology, crowd, plan);
    crowd.leave();
    return { ...report, seconds: (performance.now() - startedAt) / 1000 };
  } catch (error) {
    plan.note((await topology.nginx.accessLog()).split('\n').slice(-12).join('\n'));
    for (const { name, server } of topology.members) {
      plan.note(`${name}: …${server.output().slice(-1500)}`);
    }
    throw error;
  } finally {
    await topology.stop();
  }
}

async function tryEverything(
  topology: Topology,
  crowd: Crowd,
  plan: TrialPlan,
): Promise<Omit<TrialReport, 'seconds'>> {
  const traffic = startTraffic(topology, { ...plan, conversations: crowd.conversations });
  const trial = { topology, crowd, note: plan.note };
  await killEachProcess(trial);
  await freezeOne(trial);
  await troubleRedis(trial, plan);
  await troublePostgres(trial, plan);
  await traffic.stop();
  plan.note('what is under way arrives');
  await crowd.gathered(SETTLE_MS);
  // A failure shows in the judgement below, with names.
  await until('everybody has heard everything', SETTLE_MS, () =>
    missedBy(crowd, traffic.acknowledged),
  ).catch((error: unknown) => plan.note(String(error)));
  const { counts } = traffic.acknowledged;
  const closes: Record<string, number> = {};
  for (const client of crowd.clients) {
    for (const [code, times] of client.closes) closes[code] = (closes[code] ?? 0) + times;
  }
  const judged = await audit(topology, crowd, traffic.acknowledged);
  return { ...judged, ...counts, messages: counts.sent, closes };
}
