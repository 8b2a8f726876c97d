/**
 * Gathers calls into groups: while some groups are on their way to the database, the next one
 * grows by itself, so that one round trip and one sync to disk serve many callers under load, and
 * a single caller waits for nobody. Calls that touch the same thing keep their order.
 */
import { StoreUnavailableError } from '../../../ports/store.ts';

export interface GatheringOptions<Input, Value> {
  /** What a call touches: two groups on their way never share any of it. */
  keysOf(input: Input): readonly string[];
  /** What only one call of a group may bring. */
  groupKeysOf(input: Input): readonly string[];
  /** One value per input, in their order, after the commit. `since`: when the first of them was asked. */
  run(group: readonly Input[], since: number): Promise<readonly Value[]>;
  readonly maxGroup: number;
  readonly maxGroupsOnTheirWay: number;
  /** Whoever has waited so long for a place in a group is refused. */
  readonly maxWaitMs: number;
}

interface Waiting<Input, Value> {
  readonly input: Input;
  readonly since: number;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

export class Gathering<Input, Value> {
  readonly #options: GatheringOptions<Input, Value>;
  #waiting: Waiting<Input, Value>[] = [];
  readonly #touched = new Set<string>();
  #onTheirWay = 0;
  #isDue = false;
  #expiry: NodeJS.Timeout | undefined;

  constructor(options: GatheringOptions<Input, Value>) {
    this.#options = options;
  }

  add(input: Input): Promise<Value> {
    if (!this.#isDue) {
      this.#isDue = true;
      setImmediate(() => {
        this.#isDue = false;
        this.#dispatch();
      });
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ input, since: performance.now(), resolve, reject });
      this.#expireLater();
    });
  }

  #dispatch(): void {
    while (this.#waiting.length > 0 && this.#onTheirWay < this.#options.maxGroupsOnTheirWay) {
      const group = this.#takeGroup();
      if (group.length === 0) return;
      this.#onTheirWay += 1;
      void this.#send(group);
    }
  }

  /** In the order of the calls; whoever is passed over holds back those after it that touch the same. */
  #takeGroup(): readonly Waiting<Input, Value>[] {
    const options = this.#options;
    const group: Waiting<Input, Value>[] = [];
    const later: Waiting<Input, Value>[] = [];
    const brought = new Set<string>();
    const heldBack = new Set<string>();
    for (const [index, call] of this.#waiting.entries()) {
      if (group.length === options.maxGroup) {
        later.push(...this.#waiting.slice(index));
        break;
      }
      const keys = options.keysOf(call.input);
      const groupKeys = options.groupKeysOf(call.input);
      const mustWait =
        keys.some((key) => this.#touched.has(key) || heldBack.has(key)) ||
        groupKeys.some((key) => brought.has(key));
      if (mustWait) {
        for (const key of keys) heldBack.add(key);
        later.push(call);
      } else {
        for (const key of groupKeys) brought.add(key);
        group.push(call);
      }
    }
    this.#waiting = later;
    return group;
  }

  async #send(group: readonly Waiting<Input, Value>[]): Promise<void> {
    const keys = group.flatMap((call) => this.#options.keysOf(call.input));
    for (const key of keys) this.#touched.add(key);
    try {
      await this.#answer(group);
    } finally {
      for (const key of keys) this.#touched.delete(key);
      this.#onTheirWay -= 1;
      this.#dispatch();
    }
  }

  /** What one call does wrong must not undo the others: then each is tried by itself. */
  async #answer(group: readonly Waiting<Input, Value>[]): Promise<void> {
    try {
      const inputs = group.map((call) => call.input);
      const values = await this.#options.run(inputs, group[0]?.since ?? performance.now());
      for (const [index, call] of group.entries()) {
        const value = values[index];
        if (value === undefined) call.reject(new Error('the database gave no answer for a call'));
        else call.resolve(value);
      }
    } catch (error) {
      if (error instanceof StoreUnavailableError || group.length === 1) {
        for (const call of group) call.reject(error);
      } else {
        for (const call of group) await this.#answer([call]);
      }
    }
  }

  #expireLater(): void {
    const [first] = this.#waiting;
    if (first === undefined || this.#expiry !== undefined) return;
    const leftMs = first.since + this.#options.maxWaitMs - performance.now();
    this.#expiry = setTimeout(() => this.#expire(), Math.max(1, leftMs)).unref();
  }

  #expire(): void {
    this.#expiry = undefined;
    const since = performance.now() - this.#options.maxWaitMs;
    const expired = this.#waiting.filter((call) => call.since <= since);
    this.#waiting = this.#waiting.filter((call) => call.since > since);
    for (const call of expired) {
      call.reject(new StoreUnavailableError('the database is too busy: waited for too long'));
    }
    this.#expireLater();
  }
}
