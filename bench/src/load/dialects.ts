/** How each compared system is spoken to: path, first words, what its frames mean. */
import type { BenchMessage } from '../servers/message.ts';

export type System =
  | 'carillon'
  /** The first frame comes with the handshake. */
  | 'carillon-quick'
  /** Two nodes over Redis. */
  | 'carillon-redis'
  /** `carillon serve` with WORKERS=1 and WORKERS=2. */
  | 'carillon-1-worker'
  | 'carillon-2-workers'
  | 'socket-io'
  | 'ws'
  | 'ws-auth';

/** Weighed beside ours, not spoken to. */
export type Sdk = 'centrifuge' | 'pusher-js' | 'signalr' | 'socket.io-client' | 'phoenix';

export interface Identity {
  readonly token: string;
  readonly group: number;
}

/** What a frame asks of the subscriber. Absent fields: nothing. */
export interface Heard {
  readonly isReady?: boolean;
  readonly say?: string;
  readonly messages?: readonly BenchMessage[];
  readonly replies?: readonly RpcReply[];
  /** Chat messages seen, uncounted by marker because acknowledgements repeat the text. */
  readonly publications?: number;
  readonly refusal?: string;
}

export interface RpcReply {
  readonly id: number;
  readonly line: string;
}

export interface Dialect {
  path(identity: Identity): string;
  /** Sent when the upgrade is done; undefined: ready at once, unless the handshake says it all. */
  greet(identity: Identity): string | undefined;
  /** What the handshake offers as subprotocols. */
  offer?(identity: Identity): string;
  hear(text: string): Heard;
}

/** Channel of a group; the namespace `bench` is set up in servers/carillon.ts. */
export const channelOf = (group: number): string => `bench:${group}`;

interface CentrifugeReply {
  readonly id?: number;
  readonly error?: unknown;
  readonly push?: { readonly pub?: { readonly data: BenchMessage } };
}

const SUBSCRIBE_ID = 2;

const carillon: Dialect = {
  path: () => '/connection/websocket',
  greet: ({ token, group }) =>
    `${JSON.stringify({ id: 1, connect: { token } })}\n` +
    JSON.stringify({ id: SUBSCRIBE_ID, subscribe: { channel: channelOf(group) } }),
  hear(text) {
    const messages: BenchMessage[] = [];
    let say: string | undefined;
    let isReady = false;
    for (const line of text.split('\n')) {
      if (line === '{}') say = '{}';
      // The server under test says what its protocol documents, or the run is void.
      const reply = JSON.parse(line) as CentrifugeReply;
      if (reply.push?.pub !== undefined) messages.push(reply.push.pub.data);
      else if (reply.error !== undefined) return { refusal: line };
      else if (reply.id === SUBSCRIBE_ID) isReady = true;
    }
    return { isReady, messages, ...(say === undefined ? {} : { say }) };
  },
};

const carillonQuick: Dialect = {
  ...carillon,
  greet: () => undefined,
  offer: (identity) => {
    const first = Buffer.from(carillon.greet(identity) ?? '').toString('base64url');
    return `carillon.v1, carillon.connect.${first}`;
  },
};

const socketIo: Dialect = {
  path: () => '/socket.io/?EIO=4&transport=websocket',
  greet: (identity) => `40${JSON.stringify(identity)}`,
  hear(text) {
    if (text === '2') return { say: '3' };
    if (text.startsWith('40')) return { isReady: true };
    if (text.startsWith('42')) {
      const [, message] = JSON.parse(text.slice(2)) as [string, BenchMessage];
      return { messages: [message] };
    }
    return text.startsWith('44') ? { refusal: text } : {};
  },
};

const bareWs: Dialect = {
  path: ({ group }) => `/?group=${group}`,
  greet: () => undefined,
  hear: (text) => ({ messages: [JSON.parse(text) as BenchMessage] }),
};

export const dialects: Readonly<Record<System, Dialect>> = {
  carillon,
  'carillon-quick': carillonQuick,
  'carillon-redis': carillon,
  'carillon-1-worker': carillon,
  'carillon-2-workers': carillon,
  'socket-io': socketIo,
  ws: bareWs,
  'ws-auth': carillon,
};
