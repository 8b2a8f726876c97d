/**
 * Connections that arrive by a timetable, whether or not the server keeps up (open loop); each is
 * accepted when it is upgraded, authenticated and subscribed, as far as the system does that.
 */
import { nowUs } from '../process/vitals.ts';
import type { ArrivalPlan, Arrived } from './calls.ts';
import { dialects } from './dialects.ts';
import { createLatencies, encodeLatencies, recordLatency } from './latency.ts';
import { sourceAddress } from './source-address.ts';
import { Span } from './span.ts';
import { Subscriber, type Crew } from './subscriber.ts';
import { createToken } from './tokens.ts';

const LATEST_MS = 20_000;
const FAULTS_KEPT = 10;

let waves = 0;

/** Resolves with everybody still connected: ending thousands of connections is not to be measured. */
export async function arrive(
  plan: ArrivalPlan,
): Promise<{ arrived: Arrived; dropAll: () => void }> {
  const offered = Math.round(plan.perSecond * plan.seconds);
  waves += 1;
  // Nobody comes twice: a token the server has seen would be cheaper to check.
  const tokens = Array.from({ length: offered }, (_, i) =>
    createToken(`user-${waves}-${i}`, plan.secret),
  );
  const latencies = createLatencies();
  const subscribers: Subscriber[] = [];
  const faults: string[] = [];
  let accepted = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const crew: Crew = {
    dialect: dialects[plan.system],
    port: plan.port,
    handleReady(subscriber) {
      accepted += 1;
      recordLatency(latencies, nowUs() - subscriber.dueUs);
      if (accepted === offered) resolve();
    },
    handleHeard: () => undefined,
    handleCounted: () => undefined,
    handleLost(subscriber, reason) {
      if (faults.length < FAULTS_KEPT) faults.push(`arrival ${subscriber.index}: ${reason}`);
    },
  };
  const span = new Span();
  const startUs = nowUs();
  const open = (index: number): void => {
    const identity = { token: tokens[index] ?? '', group: index % plan.groups };
    const dueUs = startUs + (index / plan.perSecond) * 1e6;
    const localAddress = sourceAddress(index);
    subscribers.push(
      new Subscriber({ crew, index, identity, isSampler: false, localAddress, dueUs }),
    );
  };
  const step = (): void => {
    const due = Math.min(offered, Math.ceil(((nowUs() - startUs) * plan.perSecond) / 1e6));
    while (subscribers.length < due) open(subscribers.length);
    if (subscribers.length < offered) setTimeout(step, 1);
  };
  step();
  const timer = setTimeout(resolve, plan.seconds * 1000 + LATEST_MS);
  await promise;
  clearTimeout(timer);
  const arrived: Arrived = {
    offered,
    accepted,
    faults,
    latency: encodeLatencies(latencies),
    generator: span.end(),
  };
  return {
    arrived,
    dropAll() {
      for (const subscriber of subscribers) subscriber.drop();
    },
  };
}
