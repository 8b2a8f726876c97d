/**
 * Connections that Redis has been asked about: the core does not list them yet, but whoever enters
 * everything again must not forget them. Nobody waits longer than 1.5 s for a Redis that hangs.
 */
import type { Clock } from '../../ports/clock.ts';
import type { Entry } from '../../ports/connection-directory.ts';
import type { ConnectionInfo } from '../../ports/server-api.ts';

interface Entering {
  readonly connection: ConnectionInfo;
  readonly sinceMs: number;
  /** Undefined when it was answered: the core lists it in a moment. */
  decide: (() => void) | undefined;
}

const ANSWER_WITHIN_MS = 1_500;
const LOOK_EVERY_MS = 250;

export class EnteringConnections {
  readonly #clock: Clock;
  /** Somebody was decided upon without Redis. */
  readonly #handleUnsettled: () => void;
  readonly #byId = new Map<string, Entering>();
  #cancelLook: (() => void) | undefined;

  constructor(clock: Clock, handleUnsettled: () => void) {
    this.#clock = clock;
    this.#handleUnsettled = handleUnsettled;
  }

  *connections(): Iterable<ConnectionInfo> {
    for (const { connection } of this.#byId.values()) yield connection;
  }

  add(connection: ConnectionInfo, asked: Promise<Entry>, here: () => Entry): Promise<Entry> {
    const { connectionId } = connection;
    return new Promise((resolve) => {
      const entering: Entering = {
        connection,
        sinceMs: this.#clock.monotonic(),
        decide: () => {
          this.#handleUnsettled();
          settle(here());
        },
      };
      const settle = (entry: Entry): void => {
        if (entering.decide === undefined) return;
        entering.decide = undefined;
        if (entry.isAdmitted) this.#clock.defer(() => this.#forget(entering));
        else this.#forget(entering);
        resolve(entry);
      };
      this.#byId.set(connectionId, entering);
      asked.then(settle, () => entering.decide?.());
      this.#lookLater();
    });
  }

  remove(connectionId: string): void {
    const entering = this.#byId.get(connectionId);
    if (entering !== undefined && entering.decide === undefined) this.#byId.delete(connectionId);
  }

  close(): void {
    this.#cancelLook?.();
    for (const { decide } of this.#byId.values()) decide?.();
    this.#byId.clear();
  }

  #forget(entering: Entering): void {
    const { connectionId } = entering.connection;
    if (this.#byId.get(connectionId) === entering) this.#byId.delete(connectionId);
  }

  #lookLater(): void {
    this.#cancelLook ??= this.#clock.after(LOOK_EVERY_MS, () => {
      this.#cancelLook = undefined;
      const overdue = this.#clock.monotonic() - ANSWER_WITHIN_MS;
      let isWaiting = false;
      for (const { sinceMs, decide } of this.#byId.values()) {
        if (decide === undefined) continue;
        if (sinceMs <= overdue) decide();
        else isWaiting = true;
      }
      if (isWaiting) this.#lookLater();
    });
  }
}
