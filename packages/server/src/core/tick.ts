/**
 * Collects what one turn of the event loop produced and works it off at its end: first the
 * channels (each run of events is encoded once per format), then the connections (each is written
 * to once). Knows neither; both list themselves.
 */
import type { Clock } from '../ports/clock.ts';
import type { Tally } from './tally.ts';

export interface Flushable {
  flush(): void;
}

export class Tick {
  readonly #clock: Clock;
  readonly #tally: Tally;
  readonly #run = (): void => this.flush();
  #channels: Flushable[] = [];
  #queues: Flushable[] = [];
  #spareChannels: Flushable[] = [];
  #spareQueues: Flushable[] = [];
  #isScheduled = false;

  constructor(clock: Clock, tally: Tally) {
    this.#clock = clock;
    this.#tally = tally;
  }

  /** The caller lists itself once per tick. */
  addChannel(channel: Flushable): void {
    this.#channels.push(channel);
    if (!this.#isScheduled) this.#schedule();
  }

  addQueue(queue: Flushable): void {
    this.#queues.push(queue);
    if (!this.#isScheduled) this.#schedule();
  }

  flush(): void {
    this.#isScheduled = false;
    const channels = this.#channels;
    this.#channels = this.#spareChannels;
    for (const channel of channels) channel.flush();
    channels.length = 0;
    this.#spareChannels = channels;

    // Swapped only now: what the channels just produced leaves in this same tick.
    const queues = this.#queues;
    this.#queues = this.#spareQueues;
    for (const queue of queues) queue.flush();
    queues.length = 0;
    this.#spareQueues = queues;
    this.#tally.report();
  }

  #schedule(): void {
    this.#isScheduled = true;
    this.#clock.defer(this.#run);
  }
}
