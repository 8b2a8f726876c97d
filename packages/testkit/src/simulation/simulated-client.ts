/**
 * A client as the SDKs behave: connects, subscribes with the position it has reached, subscribes
 * again when told to, reconnects when the connection is gone. Writes down all it sees and removes
 * no duplicates, so that the checker sees what the server did.
 */
import type { Disconnect, StreamPosition } from '@carillon/protocol';
import type { Node } from '../../../server/src/core/node.ts';
import type {
  Session,
  SessionListener,
  SubscribeResult,
} from '../../../server/src/ports/connection-handler.ts';
import type { Outcome } from '@carillon/protocol';
import type { WireFormat } from '../../../server/src/ports/wire-format.ts';
import type { Seen } from './history-checker.ts';
import { LossySocket } from './lossy-socket.ts';

const HEARTBEAT = { intervalMs: 25_000, timeoutMs: 8_000, message: '{"type":"ping"}' };

type Line =
  | { readonly type: 'ping' }
  | { readonly type: 'unsubscribed'; readonly channel: string }
  | { readonly type: 'refused'; readonly channel: string }
  | {
      readonly type: 'subscribed';
      readonly channel: string;
      readonly from?: StreamPosition;
      readonly result: SubscribeResult;
      readonly isExcused: boolean;
    }
  | {
      readonly type?: undefined;
      readonly channel: string;
      readonly data: unknown;
      readonly offset?: number;
    };

interface ChannelState {
  position: StreamPosition | undefined;
  status: 'idle' | 'asked' | 'subscribed';
  readonly seen: Seen[];
}

const listener: SessionListener = {
  handleSubscribed(session, channel, result) {
    session.send(JSON.stringify({ type: 'subscribed', channel, result, isExcused: false }));
  },
  handleUnsubscribed(session, channel) {
    session.send(JSON.stringify({ type: 'unsubscribed', channel }));
  },
  handleDisconnect: (_session: Session, disconnect: Disconnect) => disconnect,
};

/** A server that takes connections. */
export interface SimulatedServer {
  readonly name: string;
  readonly node: Node;
  /** Grows when its broker could not be asked for history. */
  historyFailures(): number;
}

export interface ClientWorld {
  /** Where a load balancer would send the next connection; undefined: nowhere. */
  pickServer(): SimulatedServer | undefined;
  readonly format: WireFormat;
  readonly trace: (line: string) => void;
}

interface Connection {
  readonly session: Session;
  readonly socket: LossySocket;
  readonly server: SimulatedServer;
  isReady: boolean;
}

export class SimulatedClient {
  readonly name: string;
  readonly #world: ClientWorld;
  readonly #channels: ReadonlyMap<string, ChannelState>;
  #connection: Connection | undefined;

  constructor(name: string, channels: readonly string[], world: ClientWorld) {
    this.name = name;
    this.#world = world;
    this.#channels = new Map(
      channels.map((channel) => [channel, { position: undefined, status: 'idle', seen: [] }]),
    );
  }

  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  seenOf(channel: string): readonly Seen[] {
    return this.#channels.get(channel)?.seen ?? [];
  }

  get server(): SimulatedServer | undefined {
    return this.#connection?.server;
  }

  connect(): void {
    const server = this.#world.pickServer();
    if (server === undefined) return;
    const socket = new LossySocket();
    const session = server.node.open({
      socket,
      format: this.#world.format,
      listener,
      heartbeat: HEARTBEAT,
      transport: 'websocket',
      protocol: 'native',
      deviceType: 'desktop',
      remoteAddress: '127.0.0.1',
    });
    const connection: Connection = { session, socket, server, isReady: false };
    const finish = (admitted: Outcome<void>): void => {
      connection.isReady = admitted.ok;
      if (this.#connection !== connection) return;
      if (admitted.ok) this.#trace(`connects to ${server.name}`);
      else this.#connection = undefined;
    };
    this.#connection = connection;
    const admitted = session.authenticate({ user: this.name });
    if (admitted instanceof Promise) void admitted.then(finish);
    else finish(admitted);
  }

  /** Breaks the connection; the server hears of it now, or later by its heartbeat. */
  drop(isNoticed: boolean): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#trace(isNoticed ? 'breaks off' : 'vanishes');
    connection.socket.isBroken = true;
    this.#connection = undefined;
    for (const state of this.#channels.values()) state.status = 'idle';
    if (isNoticed) connection.session.handleClosed(false);
  }

  setSlow(isSlow: boolean): void {
    if (this.#connection !== undefined) this.#connection.socket.isSlow = isSlow;
  }

  /** Takes what has arrived, and asks for what is missing. */
  pump(): void {
    const connection = this.#connection;
    if (connection === undefined || !connection.isReady) return;
    const { session, socket } = connection;
    for (const line of socket.receive()) this.#handle(line, session);
    if (socket.takeDrained()) session.handleDrain();
    if (socket.closeFrame !== undefined) {
      this.#trace(`is closed with ${socket.closeFrame.code}`);
      session.handleClosed(true);
      this.#connection = undefined;
      for (const state of this.#channels.values()) state.status = 'idle';
      return;
    }
    for (const [channel, state] of this.#channels) {
      if (state.status === 'idle') this.#subscribe(connection, channel, state);
    }
  }

  #subscribe({ session, server }: Connection, channel: string, state: ChannelState): void {
    state.status = 'asked';
    const from = state.position;
    const failures = server.historyFailures();
    const options = {
      isServerSide: channel.startsWith('user:'),
      ...(from === undefined ? {} : { recoverFrom: from }),
    };
    void Promise.resolve(session.subscribe(channel, options)).then(
      (outcome: Outcome<SubscribeResult>) => {
        const isExcused = server.historyFailures() > failures;
        const reply = outcome.ok
          ? { type: 'subscribed', channel, result: outcome.value, isExcused, ...(from && { from }) }
          : { type: 'refused', channel };
        session.send(JSON.stringify(reply));
      },
    );
  }

  #handle(text: string, session: Session): void {
    session.handleFrame();
    const line = JSON.parse(text) as Line;
    if (line.type === 'ping') return;
    this.#trace(text);
    const state = this.#channels.get(line.channel);
    if (state === undefined) throw new Error(`nobody asked for ${line.channel}`);
    if (line.type === 'subscribed') this.#handleReply(line, state);
    else if (line.type !== undefined) state.status = isOwnedByServer(line) ? 'asked' : 'idle';
    // Without an offset: what a node tells its own while the broker is away. It comes again, with one.
    else if (line.offset !== undefined) see(state, line.offset, JSON.stringify(line.data));
  }

  #trace(line: string): void {
    this.#world.trace(`${this.name} ${line}`);
  }

  #handleReply(reply: Extract<Line, { type: 'subscribed' }>, state: ChannelState): void {
    const { position, hasRecovered, publications } = reply.result;
    const { from, isExcused } = reply;
    if (position === undefined) throw new Error('a positioned channel without a position');
    state.status = 'subscribed';
    state.seen.push({ type: 'subscribed', position, from, hasRecovered, isExcused });
    if (!hasRecovered) state.position = position;
    for (const publication of publications) see(state, publication.offset ?? -1, publication.data);
  }
}

/** What the server subscribed it subscribes again by itself. */
const isOwnedByServer = ({ type, channel }: { type: string; channel: string }): boolean =>
  type === 'unsubscribed' && channel.startsWith('user:');

function see(state: ChannelState, offset: number, data: string): void {
  state.seen.push({ type: 'publication', offset, data });
  if (state.position !== undefined) state.position = { epoch: state.position.epoch, offset };
}
