/**
 * A server of streams and the connections to it, both scripted: what is published has an offset, is
 * kept for a while, and is recovered from a position as docs/protocol.md says. Connections come and
 * go with the tab that has them.
 */
import type {
  Channel,
  ChannelState,
  Gap,
  Publication,
  StreamPosition,
} from '../../../client/src/channel.ts';
import type { Client, ServerPublication } from '../../../client/src/client.ts';
import { CarillonError } from '../../../client/src/carillon-error.ts';
import type { ConnectionState } from '../../../client/src/connection/connection-state.ts';
import { createListeners } from '../../../client/src/listeners.ts';
import { createWritable } from '../../../client/src/readable.ts';
import type { TrackedClient } from '../../../client/src/tracked-client.ts';

const LATENCY_MS = 5;

export class ScriptedStreams {
  readonly #streams = new Map<string, { epoch: string; log: Publication[]; offset: number }>();
  readonly connections = new Set<ScriptedClient>();
  /** Publications that a stream keeps. */
  readonly kept: number;

  constructor(kept = 1_000) {
    this.kept = kept;
  }

  stream(name: string) {
    const stream = this.#streams.get(name) ?? { epoch: `e-${name}`, log: [], offset: 0 };
    this.#streams.set(name, stream);
    return stream;
  }

  publish(channel: string, data: unknown): void {
    const stream = this.stream(channel);
    stream.offset += 1;
    const publication = { data, offset: stream.offset };
    stream.log.push(publication);
    if (stream.log.length > this.kept) stream.log.shift();
    for (const connection of this.connections) connection.handlePublication(channel, publication);
  }

  /** Undefined where it cannot be recovered. */
  since(name: string, position: StreamPosition | undefined): readonly Publication[] | undefined {
    const { epoch, log, offset } = this.stream(name);
    if (position?.epoch !== epoch) return undefined;
    const missed = log.filter((publication) => (publication.offset ?? 0) > position.offset);
    return missed.length === offset - position.offset ? missed : undefined;
  }
}

export interface ScriptedClientOptions {
  readonly streams: ScriptedStreams;
  /** Channels that the server subscribes. */
  readonly own: readonly string[];
  /** Whom the server knows us as. @default u */
  readonly user?: string;
  readonly after: (delayMs: number, callback: () => void) => () => void;
  /** Answers calls; a rejection is the refusal. */
  readonly answer?: (method: string, input: unknown) => Promise<unknown>;
}

interface Subscribed {
  position: StreamPosition | undefined;
  isLive: boolean;
  isContinued: boolean;
  holders: number;
  readonly state: ReturnType<typeof createWritable<ChannelState>>;
  readonly publications: ReturnType<typeof createListeners<Publication>>;
  readonly gaps: ReturnType<typeof createListeners<Gap>>;
}

const unused = (): never => {
  throw new Error('not scripted');
};

export class ScriptedClient implements TrackedClient {
  readonly state = createWritable<ConnectionState>({ status: 'idle' });
  readonly user = createWritable<string | undefined>(undefined);
  readonly #options: ScriptedClientOptions;
  readonly #entries = new Map<string, Subscribed>();
  readonly #server = createListeners<ServerPublication>();
  readonly #serverGaps = createListeners<Gap>();
  /** Changes with each connection: what was sent to an old one does not arrive. */
  #life = 0;

  constructor(options: ScriptedClientOptions) {
    this.#options = options;
  }

  connect(): void {
    const { status } = this.state.get();
    if (status !== 'idle' && status !== 'closed') return;
    this.#life += 1;
    this.state.set({ status: 'connecting', attempt: 0 });
    this.#after(() => this.#welcome());
  }

  disconnect(): void {
    this.#life += 1;
    this.#options.streams.connections.delete(this);
    for (const entry of this.#entries.values()) entry.isLive = false;
    this.state.set({ status: 'idle' });
  }

  /** The network has cut it; it comes back by itself. */
  cut(): void {
    if (this.state.get().status !== 'connected') return;
    this.disconnect();
    this.connect();
  }

  retryNow(): void {
    this.connect();
  }

  close(): void {
    this.disconnect();
  }

  channel(name: string): Channel {
    const entry = this.#entry(name);
    return {
      name,
      state: entry.state,
      onPublication: entry.publications.add,
      onGap: entry.gaps.add,
      onJoin: () => () => undefined,
      onLeave: () => () => undefined,
      publish: unused,
      presence: unused,
      presenceStats: unused,
      history: unused,
      subscribe: () => {
        entry.holders += 1;
        if (entry.holders === 1 && this.state.get().status === 'connected') this.#subscribe(name);
        return () => {
          entry.holders -= 1;
          if (entry.holders > 0) return;
          entry.isLive = false;
          entry.isContinued = false;
          entry.position = undefined;
          entry.state.set({ status: 'unsubscribed' });
        };
      },
    };
  }

  call: Client['call'] = async (method, input) => {
    const { answer = unused } = this.#options;
    const life = this.#life;
    const result: unknown = await answer(method, input);
    if (life === this.#life) return result as never;
    throw new CarillonError({ name: 'connection_lost', code: 0, message: '', isTemporary: true });
  };

  onServerPublication(listener: (publication: ServerPublication) => void): () => void {
    return this.#server.add(listener);
  }

  onServerGap(listener: (gap: Gap) => void): () => void {
    return this.#serverGaps.add(listener);
  }

  position(name: string): StreamPosition | undefined {
    return this.#entries.get(name)?.position;
  }

  serverPositions(): Record<string, StreamPosition> {
    const found: Record<string, StreamPosition> = {};
    for (const name of this.#options.own) {
      const position = this.position(name);
      if (position !== undefined) found[name] = position;
    }
    return found;
  }

  resume(name: string, position: StreamPosition): void {
    const entry = this.#entry(name);
    entry.position = position;
    entry.isContinued = true;
  }

  /** From the server; it takes a while. */
  handlePublication(name: string, publication: Publication): void {
    this.#after(() => {
      const entry = this.#entries.get(name);
      if (entry?.isLive === true) this.#pass(name, entry, publication);
    });
  }

  #after(callback: () => void): void {
    const life = this.#life;
    this.#options.after(LATENCY_MS, () => {
      if (life === this.#life) callback();
    });
  }

  #welcome(): void {
    const { streams, own } = this.#options;
    streams.connections.add(this);
    this.state.set({
      status: 'connected',
      transport: 'websocket',
      clientId: 'c',
      sinceMs: 0,
      isShared: false,
    });
    this.user.set(this.#options.user ?? 'u');
    for (const name of own) this.#start(name);
    for (const [name, { holders }] of this.#entries) if (holders > 0) this.#subscribe(name);
  }

  #subscribe(name: string): void {
    this.#after(() => {
      if (this.#entry(name).holders > 0) this.#start(name);
    });
  }

  #start(name: string): void {
    const entry = this.#entry(name);
    const { streams, own } = this.#options;
    const { epoch, offset } = streams.stream(name);
    const from = entry.position;
    const missed = streams.since(name, from);
    const wasRecovered = !entry.isContinued || missed !== undefined;
    entry.isContinued = true;
    entry.isLive = true;
    entry.position = missed === undefined ? { epoch, offset } : from;
    entry.state.set({ status: 'subscribed', wasRecovered });
    if (!wasRecovered) {
      const gap = { channel: name, ...(from && { from }), to: { epoch, offset } };
      entry.gaps.emit(gap);
      if (own.includes(name)) this.#serverGaps.emit(gap);
    }
    for (const publication of missed ?? []) this.#pass(name, entry, publication);
  }

  #pass(name: string, entry: Subscribed, publication: Publication): void {
    const { offset = 0 } = publication;
    if (entry.position === undefined || offset <= entry.position.offset) return;
    entry.position = { ...entry.position, offset };
    entry.publications.emit(publication);
    if (this.#options.own.includes(name)) this.#server.emit({ ...publication, channel: name });
  }

  #entry(name: string): Subscribed {
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    const entry: Subscribed = {
      position: undefined,
      isLive: false,
      isContinued: false,
      holders: 0,
      state: createWritable<ChannelState>({ status: 'unsubscribed' }),
      publications: createListeners<Publication>(),
      gaps: createListeners<Gap>(),
    };
    this.#entries.set(name, entry);
    return entry;
  }
}
