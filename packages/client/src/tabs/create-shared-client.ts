/**
 * One connection per browser: the tabs elect a leader by a Web Lock and talk over a BroadcastChannel.
 * What they say: tab-messages.ts. Where there are no tabs, or the browser lacks one of the two, every
 * client has a connection of its own.
 */
import type { ClientOptions } from '../client-options.ts';
import type { Client } from '../client.ts';
import { createClient, createTrackedClient } from '../create-client.ts';
import { platform, type ClientEnvironment } from '../environment.ts';
import { newId } from '../live/new-id.ts';
import type { TrackedClient } from '../tracked-client.ts';
import { browserTabs, type TabBus, type TabEnvironment } from './tab-environment.ts';
import { TabHub } from './tab-hub.ts';
import type { FromHub, ToHub } from './tab-messages.ts';
import { TabRider } from './tab-rider.ts';

export interface SharedClientOptions extends ClientOptions {
  /**
   * Tabs of one name share a connection: it has to tell users apart where they can change.
   * @default the server's address
   */
  readonly sharedName?: string;
  /** @default the browser's, where it has Web Locks and BroadcastChannel */
  readonly tabs?: TabEnvironment;
}

/** How often a tab asks whether the leading one still answers … */
const PING_MS = 5_000;
/** … and how many times in vain before it takes over. */
const MAX_SILENT = 2;
const LATE_MS = 1_000;

/** As `createClient`, with one connection for all tabs of this browser. */
export function createSharedClient(options: SharedClientOptions = {}): Client {
  const tabs = options.tabs ?? browserTabs();
  if (tabs === undefined) return createClient(options);
  const name = options.sharedName ?? options.url ?? globalThis.location?.origin ?? 'carillon';
  return joinTabs({
    tabs,
    name: `carillon-client ${name}`,
    environment: { ...platform(), ...options.environment },
    requestTimeoutMs: options.requestTimeoutMs ?? 10_000,
    makeClient: () => createTrackedClient(options),
  });
}

export interface SharedTabOptions {
  readonly tabs: TabEnvironment;
  readonly name: string;
  readonly environment: Pick<ClientEnvironment, 'clock' | 'onPageEvent'>;
  readonly requestTimeoutMs: number;
  readonly makeClient: () => TrackedClient;
}

/** With the connection as a port: for tests. */
export const joinTabs = (options: SharedTabOptions): Client => new SharedTab(options).rider;

class SharedTab {
  readonly rider: TabRider;
  readonly #options: SharedTabOptions;
  readonly #tab = newId();
  #bus: TabBus | undefined;
  #hub: TabHub | undefined;
  #releases: (() => void)[] = [];
  #releaseLead: () => void = () => undefined;
  #cancelPing: () => void = () => undefined;
  #silent = 0;

  constructor(options: SharedTabOptions) {
    const { environment, requestTimeoutMs } = options;
    this.#options = options;
    this.rider = new TabRider({
      tab: this.#tab,
      clock: environment.clock,
      requestTimeoutMs,
      post: (message) => this.#postToHub(message),
      isLeader: () => this.#hub !== undefined,
      onWanted: () => this.#join(),
      onClose: () => this.#leave(),
    });
  }

  #join(): void {
    if (this.#bus !== undefined) return;
    const { name, tabs } = this.#options;
    this.#bus = tabs.openBus(name, (message) => this.#handle(message as ToHub | FromHub));
    const held = tabs.acquire(`${name} ${this.#tab}`, {
      // Not before: who has no lock counts as gone.
      onHeld: () => {
        this.#lead(false);
        this.rider.sayHello();
      },
      onLost: () => undefined,
    });
    const stopListening = this.#options.environment.onPageEvent((event) => {
      if (event !== 'visible') return;
      // Somebody looks: the tab that waits may be a hidden one, whose timers are slow; and this one may
      // have been put aside, and not have heard what the others said.
      this.#hurry(-Infinity);
      if (this.#hub === undefined) this.#askHub();
    });
    this.#releases = [held, stopListening];
    this.#ping();
  }

  #leave(): void {
    this.#stopLeading();
    this.#releaseLead();
    for (const release of this.#releases) release();
    this.#cancelPing();
    const bus = this.#bus;
    this.#bus = undefined;
    bus?.close();
  }

  #lead(isStealing: boolean): void {
    const { name, tabs } = this.#options;
    this.#releaseLead();
    this.#releaseLead = tabs.acquire(
      name,
      {
        onHeld: (isFree) => this.#startLeading(!isFree),
        onLost: () => {
          this.#stopLeading();
          if (this.#bus !== undefined) this.#lead(false);
        },
      },
      isStealing,
    );
  }

  #startLeading(isTakeover: boolean): void {
    const { environment, makeClient } = this.#options;
    const { clock } = environment;
    this.#hub = new TabHub({
      hub: Math.max(clock.now(), this.rider.hub + 1),
      isTakeover,
      clock,
      makeClient,
      post: (message) => this.#postFromHub(message),
      watch: (tab, onGone) => this.#watch(tab, onGone),
    });
  }

  #stopLeading(): void {
    this.#hub?.close();
    this.#hub = undefined;
  }

  /** A tab's lock is free when it is gone, however it went. */
  #watch(tab: string, onGone: () => void): () => void {
    if (tab === this.#tab) return () => undefined;
    const { name, tabs } = this.#options;
    return tabs.acquire(`${name} ${tab}`, { onHeld: onGone, onLost: () => undefined });
  }

  #postToHub(message: ToHub): void {
    // In this tab, but as if it came from outside: never while somebody is in the middle of something.
    const isMine = this.#hub !== undefined && [0, this.#hub.hub].includes(message.hub);
    if (isMine) queueMicrotask(() => this.#hub?.handle(message));
    else this.#bus?.post(message);
  }

  #postFromHub(message: FromHub): void {
    queueMicrotask(() => this.rider.handle(message));
    if (message.to !== this.#tab) this.#bus?.post(message);
  }

  #handle(message: ToHub | FromHub): void {
    if ('tab' in message) {
      this.#hub?.handle(message);
    } else {
      this.#silent = 0;
      this.rider.handle(message);
    }
  }

  /** Timers of a hidden tab are slowed down: a tab that is looked at does not wait for them. */
  #hurry(lateMs: number): void {
    const state = this.rider.state.get();
    if (state.status !== 'waiting') return;
    const { clock } = this.#options.environment;
    if (state.retryAtMs + lateMs < clock.now()) this.rider.retryNow();
  }

  /** A frozen tab keeps its lock, and answers nobody. */
  #ping(): void {
    this.#cancelPing = this.#options.environment.clock.after(PING_MS, () => {
      this.#ping();
      this.#hurry(LATE_MS);
      if (this.#hub !== undefined) return;
      this.rider.checkHello();
      this.#silent += 1;
      if (this.#silent <= MAX_SILENT) return this.#askHub();
      this.#silent = 0;
      this.#lead(true);
    });
  }

  #askHub(): void {
    const { hub } = this.rider;
    this.#bus?.post({ type: hub === 0 ? 'who' : 'ping', tab: this.#tab, hub });
  }
}
