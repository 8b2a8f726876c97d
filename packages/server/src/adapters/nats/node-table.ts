/**
 * Which other nodes live. Each says so every few seconds; one that was silent for too long is dead,
 * one that says goodbye or whom NATS does not find is gone at once. A newcomer greets and is told
 * who is there before it does anything else, so that nobody is overlooked.
 */
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { NatsLimits } from './nats-engine-options.ts';
import { NatsAwayError } from './nats-link.ts';
import type { NatsLink } from './nats-link.ts';

export interface NodeTableDependencies {
  readonly link: NatsLink;
  readonly prefix: string;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: NatsLimits;
}

/** `hello` is answered by everybody's `here`. */
interface Beat {
  readonly type: 'hello' | 'here' | 'bye';
  readonly node: string;
  /** Those whom the sender knows. */
  readonly others: readonly string[];
}

export class NodeTable {
  readonly #dependencies: NodeTableDependencies;
  readonly #subject: string;
  /** Monotonic ms of each other node's last sign of life. */
  readonly #seen = new Map<string, number>();
  readonly #endings: (() => void)[] = [];
  #cancelBeat: (() => void) | undefined;
  #whenHeard: (beat: Beat) => void = () => {};

  constructor(dependencies: NodeTableDependencies) {
    this.#dependencies = dependencies;
    this.#subject = `${dependencies.prefix}.nodes`;
  }

  /** Resolves when the others know of this node and it of them. */
  async start(): Promise<void> {
    const { link } = this.#dependencies;
    this.#endings.push(
      link.subscribe(this.#subject, (message) => this.#handle(message.json<Beat>())),
      link.onReturned(() => this.#greetAgain()),
    );
    await link.flushed();
    await this.#greet();
    this.#beat();
  }

  isAlive(node: string): boolean {
    return node === this.#dependencies.nodeId || this.#seen.has(node);
  }

  /** Without this one. */
  others(): readonly string[] {
    return [...this.#seen.keys()];
  }

  /** Anything that came from a node shows that it lives. */
  hear(node: string): void {
    if (node !== this.#dependencies.nodeId) {
      this.#seen.set(node, this.#dependencies.clock.monotonic());
    }
  }

  close(): void {
    this.#cancelBeat?.();
    this.#send('bye');
    for (const end of this.#endings) end();
    this.#seen.clear();
  }

  #handle(beat: Beat): void {
    const { nodeId, logger } = this.#dependencies;
    if (beat.node === nodeId) return;
    if (!this.#seen.has(beat.node)) logger.info({ peer: beat.node }, 'another node is there');
    if (beat.type === 'bye') {
      this.#seen.delete(beat.node);
      return;
    }
    this.hear(beat.node);
    if (beat.type === 'hello') this.#send('here');
    this.#whenHeard(beat);
  }

  /** Done when everybody of whom anybody told has answered, or nobody does. */
  #greet(): Promise<void> {
    return new Promise<void>((resolve) => {
      const answered = new Set<string>();
      const told = new Set<string>();
      const finish = (): void => {
        this.#whenHeard = () => {};
        cancel();
        resolve();
      };
      const { clock, limits } = this.#dependencies;
      const cancel = clock.after(limits.greetingMs, finish);
      this.#whenHeard = ({ node, others }) => {
        answered.add(node);
        for (const other of others) told.add(other);
        told.delete(this.#dependencies.nodeId);
        if ([...told].every((each) => answered.has(each))) finish();
      };
      this.#send('hello');
    });
  }

  #greetAgain(): void {
    // Nobody could be heard meanwhile: all get the full time to show up again.
    for (const node of this.#seen.keys()) this.hear(node);
    this.#send('hello');
  }

  #beat(): void {
    const { clock, limits, link } = this.#dependencies;
    this.#cancelBeat = clock.after(limits.heartbeatMs, () => {
      if (link.isUp) this.#buryTheDead(clock.monotonic() - limits.nodeTimeoutMs);
      this.#send('here');
      this.#beat();
    });
  }

  #buryTheDead(lastSeenMs: number): void {
    for (const [node, seenMs] of this.#seen) {
      if (seenMs > lastSeenMs) continue;
      this.#seen.delete(node);
      this.#dependencies.logger.warn({ peer: node }, 'another node is dead');
    }
  }

  #send(type: Beat['type']): void {
    const { link, nodeId } = this.#dependencies;
    const beat: Beat = { type, node: nodeId, others: this.others() };
    try {
      link.publish(this.#subject, JSON.stringify(beat));
    } catch (error) {
      if (!(error instanceof NatsAwayError)) throw error;
    }
  }
}
