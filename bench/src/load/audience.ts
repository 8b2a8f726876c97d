/**
 * Many subscribers of one server: gathers them, counts every delivery per subscriber, and finds
 * what is missing, doubled or out of order.
 */
import type { Histogram } from 'hdr-histogram-js';
import { nowUs } from '../process/vitals.ts';
import type { AudiencePlan, Collected } from './calls.ts';
import { dialects, type Heard } from './dialects.ts';
import { createLatencies, encodeLatencies, recordLatency } from './latency.ts';
import { sourceAddress } from './source-address.ts';
import { Span } from './span.ts';
import { Subscriber, type Crew } from './subscriber.ts';
import { createToken } from './tokens.ts';

/** Handshakes under way at a time while gathering, which is not measured. */
const GATHER_AT_ONCE = 64;
const FAULTS_KEPT = 10;

export class Audience {
  readonly #plan: AudiencePlan;
  readonly #subscribers: Subscriber[] = [];
  readonly #crew: Crew;
  #faults: string[] = [];
  #latencies: Histogram = createLatencies();
  #span = new Span();
  #received = 0;
  #awaited = Number.POSITIVE_INFINITY;
  #wake: () => void = () => undefined;
  #gathered: (error?: Error) => void = () => undefined;

  constructor(plan: AudiencePlan) {
    this.#plan = plan;
    this.#crew = {
      dialect: dialects[plan.system],
      port: plan.port,
      handleReady: () => this.#handleReady(),
      handleHeard: (subscriber, heard) => this.#handleHeard(subscriber, heard),
      handleCounted: (_, count) => this.#handleCounted(count),
      handleLost: (subscriber, reason) => this.#handleLost(subscriber, reason),
    };
  }

  gather(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#gathered = (error) => (error === undefined ? resolve() : reject(error));
      const atOnce = Math.min(GATHER_AT_ONCE, this.#plan.connections);
      for (let i = 0; i < atOnce; i++) this.#connectNext();
    });
  }

  begin(): void {
    this.#faults = [];
    this.#latencies = createLatencies();
    this.#received = 0;
    for (const subscriber of this.#subscribers) subscriber.received = 0;
    this.#span = new Span();
  }

  async collect(perSubscriber: number, timeoutMs: number): Promise<Collected> {
    const expected = perSubscriber * this.#subscribers.length;
    await this.#waitFor(expected, timeoutMs);
    const generator = this.#span.end();
    for (const { index, received } of this.#subscribers) {
      if (received !== perSubscriber) {
        this.#fault(`subscriber ${index} got ${received} of ${perSubscriber}`);
      }
    }
    return {
      expected,
      received: this.#received,
      faults: this.#faults,
      latency: encodeLatencies(this.#latencies),
      generator,
    };
  }

  dropAll(): void {
    for (const subscriber of this.#subscribers) subscriber.drop();
  }

  #connectNext(): void {
    const index = this.#subscribers.length;
    const { connections, groups, sampleEvery, secret, otherPort } = this.#plan;
    if (index >= connections) return;
    const group = index % groups;
    const isSampler = sampleEvery > 0 && index % sampleEvery === sampleEvery - 1;
    this.#subscribers.push(
      new Subscriber({
        crew: this.#crew,
        index,
        identity: { token: createToken(`user-${index}`, secret), group },
        isSampler,
        localAddress: sourceAddress(index),
        dueUs: nowUs(),
        ...(otherPort === undefined || index < connections / 2 ? {} : { port: otherPort }),
      }),
    );
  }

  #handleReady(): void {
    this.#connectNext();
    const isComplete =
      this.#subscribers.length === this.#plan.connections &&
      this.#subscribers.every(({ isReady }) => isReady);
    if (isComplete) this.#gathered();
  }

  #handleHeard(subscriber: Subscriber, heard: Heard): void {
    for (const message of heard.messages ?? []) {
      recordLatency(this.#latencies, nowUs() - message.t);
      const isNext = message.n === subscriber.lastNumber + 1 || subscriber.lastNumber === 0;
      if (!isNext) {
        this.#fault(
          `subscriber ${subscriber.index} got ${message.n} after ${subscriber.lastNumber}`,
        );
      }
      subscriber.lastNumber = message.n;
    }
  }

  #handleCounted(count: number): void {
    this.#received += count;
    if (this.#received >= this.#awaited) this.#wake();
  }

  #handleLost(subscriber: Subscriber, reason: string): void {
    this.#fault(`subscriber ${subscriber.index} lost: ${reason}`);
    this.#gathered(new Error(`subscriber ${subscriber.index}: ${reason}`));
  }

  #waitFor(expected: number, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#awaited = expected;
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#received >= expected) this.#wake();
    });
  }

  #fault(text: string): void {
    if (this.#faults.length < FAULTS_KEPT) this.#faults.push(text);
  }
}
