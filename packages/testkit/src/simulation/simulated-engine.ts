/**
 * What ties several nodes together, inside one test: streams with history, presence, directory,
 * orders and rates over a link per node. A link delays, loses, repeats and reorders deliveries, is
 * cut, or dies with its node; the engine itself goes down and comes back, with or without its data.
 */
import type { ChannelEvent, ClientInfo, Publication, StreamPosition } from '@carillon/protocol';
import type { ConnectionDirectory } from '../../../server/src/ports/connection-directory.ts';
import type { Broker, BrokerHandler } from '../../../server/src/ports/broker.ts';
import type { ControlBus, ControlHandler } from '../../../server/src/ports/control-bus.ts';
import type { ConnectionInfo } from '../../../server/src/ports/server-api.ts';
import type { PresenceStore } from '../../../server/src/ports/presence-store.ts';
import type { SharedRates } from '../../../server/src/ports/shared-rates.ts';
import type { FakeClock } from '../fake-clock.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { AWAY } from './engine-away.ts';
import type { Fate } from './faulty-broker.ts';
import { createSimulatedBroker } from './simulated-broker.ts';
import { createSimulatedControlBus } from './simulated-control-bus.ts';
import { createSimulatedDirectory } from './simulated-directory.ts';
import { createSimulatedPresence } from './simulated-presence.ts';
import { createSimulatedRates } from './simulated-rates.ts';

export interface Stream {
  readonly epoch: string;
  top: number;
  publications: Publication[];
}

/** What a node is given: everything that would be an engine's. */
export interface SimulatedParts {
  readonly broker: Broker;
  readonly presenceStore: PresenceStore;
  readonly directory: ConnectionDirectory;
  readonly controlBus: ControlBus;
  readonly sharedRates: SharedRates;
}

/** One bucket: what each node took, and what it was told of the others. */
export interface SharedBucket {
  usedAtMs: number;
  readonly taken: Map<Link, number>;
  readonly told: Map<Link, number>;
}

export class SimulatedEngine {
  readonly clock: FakeClock;
  readonly random: SeededRandom;
  /** A node that cannot be reached is listed this much longer. */
  readonly deadAfterMs = 10_000;
  readonly links = new Set<Link>();
  streams = new Map<string, Stream>();
  keys = new Map<string, StreamPosition | undefined>();
  buckets = new Map<string, SharedBucket>();
  isDown = false;

  constructor(clock: FakeClock, random: SeededRandom) {
    this.clock = clock;
    this.random = random;
  }

  connect(name: string): Link {
    const link = new Link(name, this);
    this.links.add(link);
    return link;
  }

  goDown(): void {
    if (this.isDown) return;
    this.isDown = true;
    for (const link of this.links) link.noteCut();
  }

  comeBack(hasLostData: boolean): void {
    if (!this.isDown) return;
    this.isDown = false;
    if (hasLostData) {
      this.streams = new Map();
      this.keys = new Map();
      this.buckets = new Map();
    }
    for (const link of this.links) link.noteReturn();
  }

  /** Nodes whose members count: those that can be reached, or could a moment ago. */
  *listed(): Iterable<Link> {
    for (const link of this.links) {
      const { cutAtMs } = link;
      const isGone = cutAtMs !== undefined && this.clock.monotonic() - cutAtMs >= this.deadAfterMs;
      if (!isGone) yield link;
    }
  }

  streamOf(channel: string): Stream {
    let stream = this.streams.get(channel);
    if (stream === undefined) {
      stream = { epoch: this.random.id(), top: 0, publications: [] };
      this.streams.set(channel, stream);
    }
    return stream;
  }
}

/** One node's connection to the engine. */
export class Link {
  readonly name: string;
  readonly engine: SimulatedEngine;
  readonly parts: SimulatedParts;
  readonly subscribed = new Set<string>();
  readonly presence = new Map<string, Map<string, ClientInfo>>();
  readonly entered = new Map<string, ConnectionInfo>();
  brokerHandler: BrokerHandler | undefined;
  controlHandler: ControlHandler | undefined;
  isCut = false;
  isCrashed = false;
  cutAtMs: number | undefined;
  historyFailures = 0;
  /** Decides about each delivery to this node. */
  fate: (event: ChannelEvent) => Fate = () => 'deliver';
  /** ms that an order or delivery to this node takes. */
  delayMs: () => number = () => 0;
  #arrivesAtMs = 0;
  /** Counts the cuts: what was under way then never arrives. */
  #life = 0;
  #held: (() => void)[] = [];
  readonly #asking = new Set<(error: Error) => void>();

  constructor(name: string, engine: SimulatedEngine) {
    this.name = name;
    this.engine = engine;
    this.parts = {
      broker: createSimulatedBroker(this),
      presenceStore: createSimulatedPresence(this),
      directory: createSimulatedDirectory(this),
      controlBus: createSimulatedControlBus(this),
      sharedRates: createSimulatedRates(this),
    };
  }

  get isAway(): boolean {
    return this.isCut || this.isCrashed || this.engine.isDown;
  }

  cut(): void {
    this.isCut = true;
    this.noteCut();
  }

  heal(): void {
    if (!this.isCut) return;
    this.isCut = false;
    this.noteReturn();
  }

  /** The node is gone without a word; its members stay until it is found dead. */
  crash(): void {
    this.isCrashed = true;
    this.noteCut();
    this.brokerHandler = undefined;
    this.controlHandler = undefined;
  }

  /** The node has said goodbye. */
  close(): void {
    this.engine.links.delete(this);
  }

  noteCut(): void {
    this.cutAtMs ??= this.engine.clock.monotonic();
    this.#life += 1;
    this.#held = [];
    for (const fail of this.#asking) fail(new Error(AWAY));
    this.#asking.clear();
  }

  noteReturn(): void {
    if (this.isAway) return;
    this.cutAtMs = undefined;
    this.brokerHandler?.handleReconnected?.();
  }

  deliver(channel: string, event: ChannelEvent, epoch?: string): void {
    if (this.isAway || !this.subscribed.has(channel)) return;
    const arrive = (): void => {
      if (this.subscribed.has(channel)) this.brokerHandler?.handleEvent(channel, event, epoch);
    };
    const fate = event.type === 'publication' ? this.fate(event) : 'deliver';
    if (fate === 'lose') return;
    if (fate === 'delay') this.#held.push(arrive);
    else this.inTurn(arrive);
    if (fate === 'repeat') this.inTurn(arrive);
  }

  /** What was held back arrives, the newest first: late and out of order. */
  releaseHeld(): void {
    const held = this.#held.reverse();
    this.#held = [];
    for (const arrive of held) this.inTurn(arrive);
  }

  /** The time a question takes; rejects when the link is cut meanwhile, or was already. */
  ask(): Promise<void> {
    if (this.isAway) return Promise.reject(new Error(AWAY));
    return new Promise((resolve, reject) => {
      this.#asking.add(reject);
      this.inTurn(() => {
        this.#asking.delete(reject);
        resolve();
      });
    });
  }

  /** Arrives after this link's delay and never before what was sent earlier, unless the link is cut. */
  inTurn(arrive: () => void): void {
    const nowMs = this.engine.clock.monotonic();
    const life = this.#life;
    this.#arrivesAtMs = Math.max(this.#arrivesAtMs, nowMs + this.delayMs());
    if (this.#arrivesAtMs <= nowMs) {
      arrive();
      return;
    }
    this.engine.clock.after(this.#arrivesAtMs - nowMs, () => {
      if (this.#life === life) arrive();
    });
  }
}
