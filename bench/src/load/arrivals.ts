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

/** Resolves with everybody still connected: ending thousands of connections is not to be measured. */
export async function arrive(
  plan: ArrivalPlan,
): Promise<{ arrived: Arrived; dropAll: () => void }> {
  const offered = Math.round(plan.perSecond * plan.seconds);
  const tokens = Array.from({ length: offered }, (_, i) => createToken(`user-${i}`, plan.secret));
  const latencies = createLatencies();
  const subscribers: Subscriber[] = [];
  const faults: string[] = [];
  let accepted = 0;
  let acceptedInTime = 0;
  const endUs = nowUs() + plan.seconds * 1e6;
  const { promise, resolve } = Promise.withResolvers<void>();
  const crew: Crew = {
    dialect: dialects[plan.system],
    port: plan.port,
    handleReady(subscriber) {
      const now = nowUs();
      accepted += 1;
      if (now <= endUs) acceptedInTime += 1;
      recordLatency(latencies, now - subscriber.dueUs);
      if (accepted === offered) resolve();
    },
    handleHeard: () => undefined,
    handleCounted: () => undefined,
    handleLost(subscriber, reason) {
      if (faults.length < FAULTS_KEPT) faults.push(`arrival ${subscriber.index}: ${reason}`);
    },
  };
  const span = new Span();
  const startUs = endUs - plan.seconds * 1e6;
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
    acceptedInTime,
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
