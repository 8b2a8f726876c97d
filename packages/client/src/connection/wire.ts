/** What the server says, as far as the client reads it: docs/protocol.md. The one place where text becomes types. */

export interface WireError {
  readonly code: number;
  readonly message: string;
  readonly temporary?: boolean;
}

export interface WireInfo {
  readonly user: string;
  readonly client: string;
  readonly conn_info?: unknown;
  readonly chan_info?: unknown;
}

export interface WirePublication {
  readonly data: unknown;
  readonly offset?: number;
  readonly info?: WireInfo;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface WireSubscription {
  readonly recoverable?: boolean;
  readonly epoch?: string;
  readonly offset?: number;
  readonly recovered?: boolean;
  readonly publications?: readonly WirePublication[];
  readonly data?: unknown;
}

export interface WireTtl {
  /** Seconds until the token runs out; absent: never. */
  readonly ttl?: number;
}

export interface WireConnected extends WireTtl {
  readonly client: string;
  /** Seconds between the server's pings. */
  readonly ping?: number;
  readonly pong?: boolean;
  readonly subs?: Readonly<Record<string, WireSubscription>>;
  /** With `node`: where a transport without an uplink of its own posts to. */
  readonly session?: string;
  readonly node?: string;
}

export interface WireClose {
  readonly code: number;
  readonly reason: string;
}

export interface WirePush {
  readonly channel?: string;
  readonly pub?: WirePublication;
  readonly join?: { readonly info: WireInfo };
  readonly leave?: { readonly info: WireInfo };
  readonly subscribe?: WireSubscription;
  readonly unsubscribe?: WireClose;
  readonly disconnect?: WireClose;
  readonly refresh?: WireTtl;
}

/** Name of a command → its answer. */
export interface Answers {
  readonly connect: WireConnected;
  readonly refresh: WireTtl;
  readonly subscribe: WireSubscription;
  readonly unsubscribe: object;
  readonly publish: object;
  readonly presence: { readonly presence: Readonly<Record<string, WireInfo>> };
  readonly presence_stats: { readonly num_clients: number; readonly num_users: number };
  readonly history: {
    readonly publications?: readonly WirePublication[];
    readonly epoch?: string;
    readonly offset?: number;
  };
  readonly rpc: { readonly data: unknown };
  readonly ping: object;
}

export type CommandName = keyof Answers;

/** A reply has an id, a push has none, a ping has nothing at all. */
export type ServerMessage = Partial<Answers> & {
  readonly id?: number;
  readonly error?: WireError;
  readonly push?: WirePush;
};

export const encodeCommand = (id: number, name: CommandName, request: object): string =>
  JSON.stringify({ id, [name]: request });

/** @throws SyntaxError where a line is not JSON */
export const decodeMessages = (text: string): ServerMessage[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as ServerMessage);
