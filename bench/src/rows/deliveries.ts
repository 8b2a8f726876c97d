/** One measured span of publications: server CPU per delivery and latency, every delivery counted. */
import { cpuUs } from '../process/vitals.ts';
import type { Collected } from '../load/calls.ts';
import type { PublishPlan } from '../servers/calls.ts';
import { checkFaults, checkGenerator, VoidRun, type Lab } from './lab.ts';

export interface Delivered {
  readonly cpuUsPerDelivery: number;
  readonly collected: Collected;
}

const TAIL_MS = 15_000;
/** The parent must sleep while others are measured. */
const MOST_PARENT_CPU_US = 300_000;

export async function deliver(lab: Lab, plan: PublishPlan): Promise<Delivered> {
  const { server, generator } = lab;
  const perSubscriber = (plan.ticks * plan.perTick) / plan.groups;
  if (!Number.isInteger(perSubscriber)) throw new Error('messages must divide among the groups');
  await generator.call('begin');
  const parentBefore = cpuUs();
  const before = await server.call('vitals');
  const timeoutMs = plan.ticks * plan.intervalMs + TAIL_MS;
  const [collected] = await Promise.all([
    generator.call('collect', { perSubscriber, timeoutMs }),
    server.call('publish', plan),
  ]);
  const after = await server.call('vitals');
  checkFaults(collected.faults);
  checkGenerator(collected.generator);
  if (after.failures > before.failures) throw new VoidRun('the server failed to publish');
  if (cpuUs() - parentBefore > MOST_PARENT_CPU_US) throw new VoidRun('the parent was busy');
  return { cpuUsPerDelivery: (after.cpuUs - before.cpuUs) / collected.received, collected };
}
