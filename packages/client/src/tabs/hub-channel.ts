/** One channel of the hub: subscribed once, for all riders that hold it, each brought to where it is. */
import type { Channel, StreamPosition } from '../channel.ts';
import type { TrackedClient } from '../tracked-client.ts';
import { createHubLog } from './hub-log.ts';
import type { HubMessage } from './tab-hub.ts';
import { plainState, type Hold } from './tab-messages.ts';

export interface HubChannelOptions {
  readonly name: string;
  readonly client: TrackedClient;
  readonly post: (message: HubMessage) => void;
  readonly since: StreamPosition | undefined;
}

export class HubChannel {
  readonly #options: HubChannelOptions;
  readonly #channel: Channel;
  readonly #log = createHubLog();
  /** Riders, with what they have until they were told what they missed. */
  readonly #holders = new Map<string, Hold | undefined>();
  readonly #stops: (() => void)[];
  #hasJoins = false;
  #isBegun = false;

  constructor(options: HubChannelOptions) {
    const { client, name, since } = options;
    this.#options = options;
    const channel = client.channel(name);
    this.#channel = channel;
    // Those who said hello in time have agreed on a lower place already.
    if (since !== undefined && client.position(name) === undefined) {
      client.resume(name, since, false);
    }
    this.#stops = [
      channel.state.subscribe(() => this.#handleState()),
      channel.onPublication((publication) => {
        this.#log.add(publication, client.position(name)?.epoch);
        options.post({ type: 'pub', name, publication });
      }),
      channel.onGap((gap) => options.post({ type: 'gap', name, gap })),
      channel.subscribe(),
    ];
    // It was let go in this very moment, and is still there.
    if (channel.state.get().status === 'subscribed') this.#begin();
  }

  /** Refused: it takes a new one to try again. */
  get isFailed(): boolean {
    return this.#channel.state.get().status === 'failed';
  }

  hold(tab: string, hold: Hold): void {
    this.#holders.set(tab, hold);
    if (hold.hasJoins) this.#listenForJoins();
    this.#bring(tab, hold);
  }

  /** True when nobody is left. */
  drop(tab: string): boolean {
    if (!this.#holders.delete(tab) || this.#holders.size > 0) return false;
    this.close();
    return true;
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #listenForJoins(): void {
    if (this.#hasJoins) return;
    this.#hasJoins = true;
    const { name, post } = this.#options;
    this.#stops.push(
      this.#channel.onJoin((who) => post({ type: 'join', name, who })),
      this.#channel.onLeave((who) => post({ type: 'leave', name, who })),
    );
  }

  #begin(): void {
    const { client, name } = this.#options;
    this.#isBegun = true;
    this.#log.begin(client.position(name));
  }

  #handleState(): void {
    const { name, post } = this.#options;
    const state = this.#channel.state.get();
    const isNew = state.status === 'subscribed' && !(this.#isBegun && state.wasRecovered);
    if (isNew) this.#begin();
    post({ type: 'channel', name, state: plainState(state) });
    for (const [tab, hold] of this.#holders) if (hold !== undefined) this.#bring(tab, hold);
  }

  /** From here on the rider follows what is told to all. */
  #bring(tab: string, hold: Hold): void {
    const { client, name, post } = this.#options;
    const state = this.#channel.state.get();
    if (state.status !== 'subscribed' && state.status !== 'failed') return;
    this.#holders.set(tab, undefined);
    const missed = this.#log.since(hold.since);
    const { status } = state;
    post({
      type: 'held',
      to: tab,
      name,
      state: plainState(state),
      isRecovered: status === 'subscribed' && missed !== undefined,
      position: client.position(name),
      missed: missed ?? [],
    });
  }
}
