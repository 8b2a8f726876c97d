/** A measured span of the generator itself: its share of its core and its event-loop delay. */
import { cpuUs, LoopWatch, nowUs } from '../process/vitals.ts';
import type { GeneratorVitals } from './calls.ts';

export class Span {
  readonly #loop = new LoopWatch();
  readonly #startUs = nowUs();
  readonly #startCpuUs = cpuUs();

  constructor() {
    this.#loop.start();
  }

  elapsedSeconds(): number {
    return (nowUs() - this.#startUs) / 1e6;
  }

  end(): GeneratorVitals {
    const cpuShare = (cpuUs() - this.#startCpuUs) / (nowUs() - this.#startUs);
    return { cpuShare, loop: this.#loop.stop() };
  }
}
