/**
 * The leading tab's side: the one connection, and what each rider wants of it. Speaks only in the
 * messages of tab-messages.ts and knows no browser.
 */
import type { StreamPosition } from '../channel.ts';
import type { ClientClock } from '../environment.ts';
import { asError } from '../live/loader.ts';
import type { TrackedClient } from '../tracked-client.ts';
import { HubChannel } from './hub-channel.ts';
import { createHubLog, type HubLog } from './hub-log.ts';
import {
  plainError,
  type Ask,
  type FromHub,
  type Hold,
  type Positions,
  type ToHub,
  type Wish,
} from './tab-messages.ts';

/** So long the tabs have to say hello to a new hub, where there was another one before. */
export const COLLECT_MS = 150;

/** What a hub says, without who says it. */
export type HubMessage = FromHub extends infer M
  ? M extends FromHub
    ? Omit<M, 'hub' | 'n'>
    : never
  : never;

export interface TabHubOptions {
  /** Higher than that of every hub before. */
  readonly hub: number;
  /** False: there is nothing to take over, and no time to lose. */
  readonly isTakeover: boolean;
  readonly clock: ClientClock;
  readonly makeClient: () => TrackedClient;
  readonly post: (message: FromHub) => void;
  /** Tells once that a tab is gone. Returns how to stop. */
  readonly watch: (tab: string, onGone: () => void) => () => void;
}

interface Tab {
  wish: Wish;
  readonly asks: Map<number, AbortController>;
  readonly stopWatching: () => void;
}

type Hello = Extract<ToHub, { readonly type: 'hello' }>;

export class TabHub {
  readonly #options: TabHubOptions;
  readonly #tabs = new Map<string, Tab>();
  readonly #channels = new Map<string, HubChannel>();
  readonly #serverLogs = new Map<string, HubLog>();
  readonly #stops: (() => void)[] = [];
  #toAll = 0;
  #client: TrackedClient | undefined;
  /** Of tabs that spoke up before the connection was there: looked at when it is. */
  #unchecked: { readonly tab: string; readonly server: Positions }[] = [];
  /** What came before the start. */
  #early: ToHub[] = [];

  constructor(options: TabHubOptions) {
    const { clock, isTakeover } = options;
    this.#options = options;
    this.#post({ type: 'leader' });
    if (isTakeover) this.#stops.push(clock.after(COLLECT_MS, () => this.#start()));
    else this.#start();
  }

  get hub(): number {
    return this.#options.hub;
  }

  handle(message: ToHub): void {
    const { tab } = message;
    if (message.type === 'who') return this.#post({ type: 'leader', to: tab });
    if (message.hub !== this.#options.hub) return;
    if (message.type === 'ping') return this.#post({ type: 'pong', to: tab });
    if (this.#client === undefined) {
      this.#early.push(message);
      return;
    }
    switch (message.type) {
      case 'hello':
        this.#welcome(message, this.#client);
        break;
      case 'wish':
        this.#handleWish(tab, message.wish);
        break;
      case 'hold':
        this.#hold(tab, message.hold, this.#client);
        break;
      case 'drop':
        this.#drop(tab, message.name);
        break;
      case 'ask':
        void this.#answer(tab, message.id, message.ask);
        break;
      case 'cancel':
        this.#tabs.get(tab)?.asks.get(message.id)?.abort();
        break;
      case 'bye':
        this.#forget(tab);
        break;
    }
  }

  close(): void {
    for (const stop of this.#stops) stop();
    for (const { stopWatching } of this.#tabs.values()) stopWatching();
    for (const channel of this.#channels.values()) channel.close();
    this.#client?.close();
  }

  #post(message: HubMessage): void {
    if (message.to === undefined) this.#toAll += 1;
    this.#options.post({ ...message, hub: this.#options.hub, n: this.#toAll });
  }

  #start(): void {
    const client = this.#options.makeClient();
    this.#client = client;
    const early = this.#early;
    this.#early = [];
    const hellos = early.filter((message): message is Hello => message.type === 'hello');
    const server = hellos.flatMap((hello) => Object.entries(hello.server));
    for (const [name, position] of lowest(server)) {
      client.resume(name, position, true);
      this.#logOf(name).begin(position);
    }
    const holds = hellos.flatMap((hello) => hello.holds);
    const since = lowest(
      holds.flatMap((hold) => (hold.since === undefined ? [] : [[hold.name, hold.since]])),
    );
    for (const [name, position] of since) client.resume(name, position, false);
    this.#listen(client);
    for (const message of early) this.handle(message);
  }

  #listen(client: TrackedClient): void {
    this.#stops.push(
      client.state.subscribe(() => {
        this.#tellState();
        if (client.state.get().status !== 'connected') return;
        this.#check(client);
        // With the places in the streams, which follow upon this.
        queueMicrotask(() => this.#tellState());
      }),
      client.user.subscribe(() => this.#tellState()),
      client.onServerPublication((publication) => {
        const { channel } = publication;
        const epoch = client.position(channel)?.epoch;
        this.#logOf(channel).add(publication, epoch);
        this.#post({ type: 'server', publication, epoch });
      }),
      client.onServerGap((gap) => {
        this.#logOf(gap.channel).begin(gap.to);
        this.#post({ type: 'server_gap', gap });
      }),
    );
  }

  #logOf(channel: string): HubLog {
    const log = this.#serverLogs.get(channel) ?? createHubLog();
    this.#serverLogs.set(channel, log);
    return log;
  }

  #welcome({ tab, wish, holds, server }: Hello, client: TrackedClient): void {
    const held = new Set(holds.map(({ name }) => name));
    for (const name of this.#channels.keys()) if (!held.has(name)) this.#drop(tab, name);
    this.#handleWish(tab, wish);
    this.#tellState(tab);
    for (const hold of holds) this.#hold(tab, hold, client);
    this.#unchecked.push({ tab, server });
    if (client.state.get().status === 'connected') this.#check(client);
  }

  /** What a tab missed of the channels that the server subscribes. */
  #check(client: TrackedClient): void {
    for (const { tab, server } of this.#unchecked.splice(0)) {
      for (const [channel, from] of Object.entries(server)) {
        const missed = this.#logOf(channel).since(from);
        const to = client.position(channel);
        const hasAll = to?.epoch === from.epoch && from.offset >= to.offset;
        if (missed !== undefined) {
          for (const publication of missed) {
            const told = { ...publication, channel };
            this.#post({ type: 'server', to: tab, publication: told, epoch: from.epoch });
          }
        } else if (!hasAll) {
          this.#post({ type: 'server_gap', to: tab, gap: { channel, from, ...(to && { to }) } });
        }
      }
      this.#post({ type: 'caught_up', to: tab });
    }
  }

  #tellState(to?: string): void {
    const client = this.#client;
    if (client === undefined) return;
    this.#post({
      type: 'state',
      state: client.state.get(),
      user: client.user.get(),
      server: client.serverPositions(),
      ...(to !== undefined && { to }),
    });
  }

  #handleWish(tab: string, wish: Wish): void {
    const known = this.#tabs.get(tab);
    const isWanted = wish !== 'disconnect';
    if (known === undefined) {
      const stopWatching = this.#options.watch(tab, () => this.#forget(tab));
      this.#tabs.set(tab, { wish, asks: new Map(), stopWatching });
    } else {
      known.wish = wish;
    }
    if (!isWanted) this.#dropAll(tab);
    if (wish === 'retry') this.#client?.retryNow();
    this.#connect(isWanted);
  }

  /** Closed for good stays so until somebody asks anew. */
  #connect(isAsked: boolean): void {
    const isWanted = [...this.#tabs.values()].some(({ wish }) => wish !== 'disconnect');
    if (!isWanted) this.#client?.disconnect();
    else if (isAsked) this.#client?.connect();
  }

  #forget(tab: string): void {
    this.#tabs.get(tab)?.stopWatching();
    this.#tabs.delete(tab);
    this.#dropAll(tab);
    this.#connect(false);
  }

  #dropAll(tab: string): void {
    for (const name of this.#channels.keys()) this.#drop(tab, name);
  }

  #hold(tab: string, hold: Hold, client: TrackedClient): void {
    const known = this.#channels.get(hold.name);
    if (known?.isFailed === true) known.close();
    const channel =
      (known?.isFailed === true ? undefined : known) ??
      new HubChannel({
        name: hold.name,
        client,
        post: (message) => this.#post(message),
        since: hold.since,
      });
    this.#channels.set(hold.name, channel);
    channel.hold(tab, hold);
  }

  #drop(tab: string, name: string): void {
    if (this.#channels.get(name)?.drop(tab) === true) this.#channels.delete(name);
  }

  async #answer(tab: string, id: number, ask: Ask): Promise<void> {
    const asks = this.#tabs.get(tab)?.asks;
    const abort = new AbortController();
    asks?.set(id, abort);
    try {
      const result = await this.#ask(ask, abort.signal);
      this.#post({ type: 'answer', to: tab, id, result });
    } catch (error) {
      this.#post({ type: 'refusal', to: tab, id, error: plainError(asError(error)) });
    } finally {
      asks?.delete(id);
    }
  }

  async #ask(ask: Ask, signal: AbortSignal): Promise<unknown> {
    const client = this.#client;
    if (ask.kind === 'call') {
      // Which input belongs to which method was checked where the program called.
      const options = { signal, timeoutMs: ask.timeoutMs };
      return client?.call(ask.method, ask.input as never, options);
    }
    const channel = client?.channel(ask.name);
    if (ask.kind === 'publish') {
      const { data, idempotencyKey } = ask;
      return channel?.publish(data, idempotencyKey === undefined ? {} : { idempotencyKey });
    }
    return ask.kind === 'history' ? channel?.history(ask.query) : channel?.[ask.kind]();
  }
}

/** Per stream the least that any tab has. Of another epoch only one can be continued. */
function lowest(
  positions: readonly (readonly [name: string, position: StreamPosition])[],
): ReadonlyMap<string, StreamPosition> {
  const found = new Map<string, StreamPosition>();
  for (const [name, position] of positions) {
    const known = found.get(name);
    const isLower = known?.epoch === position.epoch && position.offset < known.offset;
    if (known === undefined || isLower) found.set(name, position);
  }
  return found;
}
