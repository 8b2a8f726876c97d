/**
 * Several tabs of one browser, in one process: named locks and message buses with the rules of Web
 * Locks and BroadcastChannel, and tabs that crash, freeze and thaw.
 */
import type { TabEnvironment } from '../../../client/src/tabs/tab-environment.ts';
import type { FakeClock } from '../fake-clock.ts';
import type { SeededRandom } from '../seeded-random.ts';

interface LockRequest {
  readonly tab: SimulatedTab;
  readonly onHeld: (isFree: boolean) => void;
  readonly onLost: () => void;
}

export class SimulatedBrowser {
  readonly clock: FakeClock;
  readonly #random: SeededRandom;
  readonly #locks = new Map<string, LockRequest[]>();
  readonly tabs = new Set<SimulatedTab>();

  constructor(clock: FakeClock, random: SeededRandom) {
    this.clock = clock;
    this.#random = random;
  }

  openTab(): SimulatedTab {
    const tab = new SimulatedTab(this);
    this.tabs.add(tab);
    return tab;
  }

  /** In order from one tab to another, after a moment. */
  carry(from: SimulatedTab, name: string, message: unknown): void {
    for (const tab of this.tabs) {
      if (tab === from || tab.isDeaf) continue;
      const copy: unknown = structuredClone(message);
      const delayMs = this.#random.below(3);
      tab.later(from, delayMs, () => tab.deliver(name, copy));
    }
  }

  request(name: string, request: LockRequest, isStealing: boolean): () => void {
    const queue = this.#locks.get(name) ?? [];
    this.#locks.set(name, queue);
    if (isStealing) {
      const [holder] = queue.splice(0, 1, request);
      if (holder !== undefined) holder.tab.run(() => holder.onLost());
    } else {
      queue.push(request);
    }
    const isFree = queue.length === 1;
    if (queue[0] === request) this.#grant(request, isFree && !isStealing);
    return () => this.#release(name, request);
  }

  remove(tab: SimulatedTab): void {
    this.tabs.delete(tab);
    for (const [name, queue] of this.#locks) {
      for (const request of queue.filter((other) => other.tab === tab))
        this.#release(name, request);
    }
  }

  #release(name: string, request: LockRequest): void {
    const queue = this.#locks.get(name) ?? [];
    const place = queue.indexOf(request);
    if (place < 0) return;
    queue.splice(place, 1);
    const [next] = queue;
    if (place === 0 && next !== undefined) this.#grant(next, false);
  }

  #grant(request: LockRequest, isFree: boolean): void {
    request.tab.later(request.tab, 0, () => {
      const isStill = [...this.#locks.values()].some(([first]) => first === request);
      if (isStill) request.onHeld(isFree);
    });
  }
}

export class SimulatedTab implements TabEnvironment {
  readonly #browser: SimulatedBrowser;
  readonly #buses = new Map<string, Set<(message: unknown) => void>>();
  readonly #notBefore = new Map<SimulatedTab, number>();
  #frozen: (() => void)[] | undefined;
  isGone = false;
  /** Put aside: frozen, and what others say is not kept for it. */
  isDeaf = false;

  constructor(browser: SimulatedBrowser) {
    this.#browser = browser;
  }

  get isFrozen(): boolean {
    return this.#frozen !== undefined;
  }

  openBus: TabEnvironment['openBus'] = (name, onMessage) => {
    const listeners = this.#buses.get(name) ?? new Set();
    this.#buses.set(name, listeners);
    const listener = (message: unknown): void => onMessage(message);
    listeners.add(listener);
    return {
      post: (message) => {
        if (!this.isGone) this.#browser.carry(this, name, message);
      },
      close: () => listeners.delete(listener),
    };
  };

  acquire: TabEnvironment['acquire'] = (name, handlers, isStealing = false) =>
    this.#browser.request(name, { tab: this, ...bound(handlers) }, isStealing);

  deliver(name: string, message: unknown): void {
    for (const listener of this.#buses.get(name) ?? []) listener(message);
  }

  /** Timers of this tab: what is due while it is frozen runs when it thaws. */
  after(delayMs: number, callback: () => void): () => void {
    return this.#browser.clock.after(delayMs, () => this.run(callback));
  }

  /** As `after`, never overtaking what came from the same tab before. */
  later(from: SimulatedTab, delayMs: number, callback: () => void): void {
    const { clock } = this.#browser;
    const atMs = Math.max(clock.now() + delayMs, this.#notBefore.get(from) ?? 0);
    this.#notBefore.set(from, atMs);
    this.after(atMs - clock.now(), callback);
  }

  run(callback: () => void): void {
    if (this.isGone) return;
    if (this.#frozen === undefined) callback();
    else this.#frozen.push(callback);
  }

  freeze(): void {
    this.#frozen ??= [];
  }

  putAside(): void {
    this.freeze();
    this.isDeaf = true;
  }

  thaw(): void {
    this.isDeaf = false;
    const waiting = this.#frozen ?? [];
    this.#frozen = undefined;
    for (const callback of waiting) this.run(callback);
  }

  /** Without a word. */
  crash(): void {
    this.isGone = true;
    this.#browser.remove(this);
  }
}

const bound = (handlers: { onHeld(isFree: boolean): void; onLost(): void }) => ({
  onHeld: (isFree: boolean) => handlers.onHeld(isFree),
  onLost: () => handlers.onLost(),
});
