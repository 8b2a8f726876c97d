/** What a process says of itself: CPU time of all its threads, memory, event-loop delay. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sleep } from './sleep.ts';

/** Monotonic µs, the same in every process of this host. */
export const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

/** User and system CPU µs of the whole process, worker threads included. */
export const cpuUs = (): number => {
  const usage = process.cpuUsage();
  return usage.user + usage.system;
};

export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

const RESOLUTION_MS = 1;

export class LoopWatch {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  start(): void {
    this.#histogram.enable();
    this.#histogram.reset();
  }

  stop(): LoopDelay {
    this.#histogram.disable();
    const ms = (percentile: number): number => this.#histogram.percentile(percentile) / 1e6;
    return { p50Ms: ms(50), p99Ms: ms(99), p999Ms: ms(99.9), maxMs: this.#histogram.max / 1e6 };
  }
}

/** Collects until nothing more goes, so that memory is what lives and not what lay around. */
export async function settleMemory(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await sleep(250);
  }
}
