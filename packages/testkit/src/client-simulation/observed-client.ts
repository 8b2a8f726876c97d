/** A client of the SDK in the simulated world, and everything a program could have seen through it. */
import type { StreamPosition } from '@carillon/protocol';
import { CarillonError } from '../../../client/src/carillon-error.ts';
import type { Client } from '../../../client/src/client.ts';
import { createClient } from '../../../client/src/create-client.ts';
import type { PageEvent } from '../../../client/src/environment.ts';
import type { FakeClock } from '../fake-clock.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Seen } from '../simulation/history-checker.ts';
import { tokenOf } from './simulated-server.ts';
import type { ClientEnd } from './simulated-wire.ts';

const LIVE = 'live:x';

export interface ObservedClientOptions {
  readonly name: string;
  readonly channels: readonly string[];
  readonly clock: FakeClock;
  readonly random: SeededRandom;
  readonly connect: () => ClientEnd;
  readonly trace: (line: string) => void;
  /** Gaps are not noted: the checker must miss them. */
  readonly hidesGaps: boolean;
}

interface WireCommand {
  readonly id?: number;
  readonly subscribe?: { readonly channel: string; readonly recover?: boolean };
  readonly unsubscribe?: { readonly channel: string };
}

interface WireReply {
  readonly id?: number;
  readonly subscribe?: { readonly epoch?: string; readonly offset?: number };
  readonly connect?: { readonly subs?: Record<string, WireReply['subscribe'] & object> };
}

export class ObservedClient {
  readonly name: string;
  readonly client: Client;
  readonly violations: string[] = [];
  /** Keys of own publications that were acknowledged, and those that nobody knows of. */
  readonly acknowledged: string[] = [];
  calls = 0;
  gaps = 0;
  readonly #options: ObservedClientOptions;
  readonly #seen = new Map<string, Seen[]>();
  readonly #release = new Map<string, () => void>();
  /** Begun, and not yet told where: the next position that is received is the beginning. */
  readonly #beginning = new Set<string>();
  readonly #asked = new Map<number, string>();
  #tell: (event: PageEvent) => void = () => {};
  #isOnline = true;
  #isVisible = true;
  #live = 0;
  #hadLiveGap = true;
  #openCalls = 0;

  constructor(options: ObservedClientOptions) {
    const { name, clock, random } = options;
    this.name = name;
    this.#options = options;
    this.client = createClient({
      url: 'http://simulated',
      getToken: () => this.#token(),
      transports: ['websocket'],
      reconnect: { maxAttempts: 1000 },
      environment: {
        clock,
        random: random.next,
        WebSocket: this.#webSocket() as never,
        storage: undefined,
        isOnline: () => this.#isOnline,
        isVisible: () => this.#isVisible,
        onPageEvent: (listener) => {
          this.#tell = listener;
          return () => {};
        },
      },
    });
    this.#observe();
    for (const channel of options.channels) this.hold(channel);
    this.client.connect();
  }

  seenOf(channel: string): readonly Seen[] {
    return this.#seen.get(channel) ?? [];
  }

  hold(channel: string): void {
    if (this.#release.has(channel)) return;
    this.#options.trace(`${this.name} holds ${channel}`);
    if (channel !== `user:${this.name}`) this.#beginning.add(channel);
    this.#release.set(channel, this.client.channel(channel).subscribe());
  }

  release(channel: string): void {
    if (channel === `user:${this.name}`) return;
    this.#options.trace(`${this.name} lets ${channel} go`);
    this.#release.get(channel)?.();
    this.#release.delete(channel);
    this.#seen.delete(channel);
    this.#beginning.delete(channel);
    if (channel === LIVE) this.#hadLiveGap = true;
  }

  setOnline(isOnline: boolean): void {
    this.#isOnline = isOnline;
    this.#options.trace(`${this.name} is ${isOnline ? 'online' : 'offline'}`);
    this.#tell(isOnline ? 'online' : 'offline');
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    this.#tell(isVisible ? 'visible' : 'hidden');
  }

  /** Every call ends, one way or the other. */
  call(): void {
    this.#openCalls += 1;
    this.client.call('inbox.counts', {}).then(
      () => this.#ended(),
      (error: Error) => this.#ended(error),
    );
  }

  /** With its key it is repeated until it is answered. */
  async publish(channel: string, key: string): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) {
      try {
        await this.client.channel(channel).publish(`${channel}#${key}`, { idempotencyKey: key });
        this.acknowledged.push(JSON.stringify(`${channel}#${key}`));
        return;
      } catch (error) {
        if (!(error instanceof CarillonError) || !error.isTemporary) throw error;
        await new Promise<void>((resolve) => this.#options.clock.after(3000, resolve));
      }
    }
  }

  finish(): void {
    if (this.#openCalls > 0) this.violations.push(`${this.#openCalls} calls never ended`);
    const { status } = this.client.state.get();
    if (status !== 'connected') this.violations.push(`ends ${status}`);
    for (const channel of this.#release.keys()) {
      const { status: state } = this.client.channel(channel).state.get();
      if (state !== 'subscribed') this.violations.push(`${channel} ends ${state}`);
    }
  }

  #ended(error?: Error): void {
    this.#openCalls -= 1;
    this.calls += 1;
    if (error !== undefined && !(error instanceof CarillonError)) {
      this.violations.push(`a call failed with ${error.message}`);
    }
  }

  async #token(): Promise<string> {
    const { clock, random } = this.#options;
    if (random.chance(0.3)) {
      await new Promise<void>((resolve) => clock.after(random.below(3000), resolve));
    }
    if (random.chance(0.1)) throw new Error('the log-in is away');
    return tokenOf(this.name, Math.ceil(clock.now() / 1000) + random.below(120));
  }

  #observe(): void {
    const { channels, trace, hidesGaps } = this.#options;
    this.client.state.subscribe(() => trace(`${this.name} is ${this.client.state.get().status}`));
    for (const name of channels) {
      const channel = this.client.channel(name);
      channel.onPublication(({ offset, data }) => {
        trace(`${this.name} sees ${name} ${offset} ${JSON.stringify(data)}`);
        if (name === LIVE) this.#checkLive(Number(data));
        else
          this.#see(name, {
            type: 'publication',
            offset: offset ?? -1,
            data: JSON.stringify(data),
          });
      });
      channel.onGap(({ from, to }) => {
        this.gaps += 1;
        if (hidesGaps) return;
        trace(`${this.name} is told of a gap in ${name} ${JSON.stringify({ from, to })}`);
        if (name === LIVE) this.#hadLiveGap = true;
        else if (to === undefined) this.violations.push(`a gap in ${name} without an end`);
        else this.#see(name, { type: 'subscribed', position: to, from, hasRecovered: false });
      });
    }
  }

  #see(channel: string, seen: Seen): void {
    const list = this.#seen.get(channel) ?? [];
    list.push(seen);
    this.#seen.set(channel, list);
  }

  /** A channel without history: numbered by the world. */
  #checkLive(number: number): void {
    if (number <= this.#live) this.violations.push(`live: ${number} after ${this.#live}`);
    if (number > this.#live + 1 && !this.#hadLiveGap) {
      this.violations.push(`live: silent gap, ${number} after ${this.#live}`);
    }
    this.#hadLiveGap = false;
    this.#live = number;
  }

  #webSocket() {
    const open = (): ClientEnd => this.#listenTo(this.#options.connect());
    return class {
      constructor() {
        return open();
      }
    };
  }

  /** Between the wire and the SDK: notes where a subscription begins, which the SDK does not tell. */
  #listenTo(end: ClientEnd): ClientEnd {
    const { send } = end;
    end.send = (text) => {
      for (const line of text.split('\n')) {
        const { id = 0, subscribe, unsubscribe } = JSON.parse(line) as WireCommand;
        if (subscribe && !subscribe.recover) this.#asked.set(id, subscribe.channel);
        // The answer to what was asked before is not where it begins next time.
        for (const [other, channel] of this.#asked) {
          if (channel === unsubscribe?.channel) this.#asked.delete(other);
        }
      }
      send(text);
    };
    return new Proxy(end, {
      get: (target, key) => Reflect.get(target, key) as unknown,
      set: (target, key, value: ClientEnd['onmessage']) => {
        if (key !== 'onmessage' || value === null) return Reflect.set(target, key, value);
        target.onmessage = (event) => {
          this.#note(event.data);
          value(event);
        };
        return true;
      },
    });
  }

  #note(text: string): void {
    for (const line of text.split('\n').filter((each) => each !== '')) {
      const { id = 0, subscribe, connect } = JSON.parse(line) as WireReply;
      if (subscribe) this.#begin(this.#asked.get(id) ?? '', subscribe);
      for (const [channel, reply] of Object.entries(connect?.subs ?? {})) {
        if (!this.#seen.has(channel)) this.#beginning.add(channel);
        this.#begin(channel, reply);
      }
    }
  }

  #begin(channel: string, { epoch = '', offset = 0 }: { epoch?: string; offset?: number }): void {
    if (channel === LIVE || !this.#beginning.delete(channel)) return;
    const position: StreamPosition = { epoch, offset };
    this.#see(channel, { type: 'subscribed', position, from: undefined, hasRecovered: false });
  }
}
