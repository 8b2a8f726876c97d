/**
 * Publishes on a fixed timetable (open loop): a late tick keeps its intended time, so a stall shows
 * as latency of everything that should have left meanwhile. Two ticks never share a turn of the
 * event loop, because "one message a tick" must not become two for a server that coalesces.
 */
import { nowUs } from '../process/vitals.ts';
import type { BenchServer, PublishPlan } from './calls.ts';
import { createMessage } from './message.ts';

export class Timetable {
  readonly #server: BenchServer;
  /** Messages so far: gives each its group and its number there. */
  #published = 0;

  constructor(server: BenchServer) {
    this.#server = server;
  }

  run(plan: PublishPlan): Promise<void> {
    const startUs = nowUs() + 5000;
    let tick = 0;
    return new Promise((resolve) => {
      const step = (): void => {
        const dueUs = startUs + tick * plan.intervalMs * 1000;
        const waitMs = Math.ceil((dueUs - nowUs()) / 1000);
        if (waitMs > 0) {
          setTimeout(step, waitMs);
          return;
        }
        this.#publishTick(plan, dueUs);
        tick += 1;
        if (tick === plan.ticks) setImmediate(resolve);
        else setImmediate(step);
      };
      step();
    });
  }

  #publishTick(plan: PublishPlan, dueUs: number): void {
    for (let i = 0; i < plan.perTick; i++) {
      const group = this.#published % plan.groups;
      const number = Math.floor(this.#published / plan.groups) + 1;
      this.#published += 1;
      this.#server.publish(group, createMessage(dueUs, number, plan.messageBytes));
    }
  }
}
