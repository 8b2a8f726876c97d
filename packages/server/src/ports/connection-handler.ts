import type {
  ClientInfo,
  Disconnect,
  Outcome,
  Publication,
  RawJson,
  StreamPosition,
} from '@carillon/protocol';
import type { Identity, SubscriptionGrant } from './authenticator.ts';
import type { PublishResult, HistoryPage, HistoryQuery } from './broker.ts';
import type { ClientSocket } from './client-socket.ts';
import type { Eventually } from './eventually.ts';
import type { PresenceStats } from './presence-store.ts';
import type { WireFormat } from './wire-format.ts';

export type DeviceType = 'mobile' | 'tablet' | 'desktop' | 'unknown';

/** Shared by all connections of a kind, so that one timer wheel and one prepared frame serve them all. */
export interface Heartbeat {
  readonly intervalMs: number;
  /**
   * Close after this much silence, 0: never. Shorter than the interval, it counts from the ping that
   * went unanswered (native: 25 s and 8 s); else from the last frame (`/ws/chat/…/heartbeat`: 10 s and 30 s).
   */
  readonly timeoutMs: number;
  /** The message that is sent, unframed: `{}` natively, `{"type":"heartbeat"}` on plain endpoints. */
  readonly message: string;
}

/** One object per protocol, not per connection: how the core tells a protocol what the client must be told. */
export interface SessionListener {
  /** The server subscribed this connection (user channel, server API). Not called for the client's own subscribe. */
  handleSubscribed(session: Session, channel: string, result: SubscribeResult): void;
  /** Access ended, the position was lost (2500: subscribe again), the subscription expired. */
  handleUnsubscribed(session: Session, channel: string, reason: Disconnect): void;
  /** Last words before the socket closes; answers the close frame to send (plain endpoints have codes of their own). */
  handleDisconnect(session: Session, disconnect: Disconnect): Disconnect;
  /** The identity ran out and nobody refreshed it; after the grace the core disconnects by itself. */
  handleExpiring?(session: Session): void;
}

/** What a transport and protocol know of a connection before anybody is authenticated. */
export interface ConnectionInit {
  readonly socket: ClientSocket;
  readonly format: WireFormat;
  readonly listener: SessionListener;
  readonly heartbeat: Heartbeat;
  readonly transport: 'websocket' | 'http_stream' | 'sse';
  /** `native`, `uni` (one-way) or the plain endpoint's name ('chat', 'notifications' …): for stats, devices and metrics. */
  readonly protocol: string;
  readonly deviceType: DeviceType;
  /** For limits before authentication and for logs. */
  readonly remoteAddress: string;
}

/** The core's front door for transports. */
export interface ConnectionHandler {
  open(init: ConnectionInit): Session;
}

export interface SubscribeOptions {
  /** Continue after this position; all missed publications or none. */
  readonly recoverFrom?: StreamPosition;
  /** Ask for offsets and gap detection even without recovery. */
  readonly isPositioned?: boolean;
  readonly isRecoverable?: boolean;
  readonly wantsJoinLeave?: boolean;
  /** Grant of a verified subscription token. */
  readonly grant?: SubscriptionGrant;
  /** The server itself subscribes (connect-time channels, plain endpoints, server API): access rules were checked by the caller. */
  readonly isServerSide?: boolean;
  readonly info?: RawJson;
}

export interface SubscribeResult {
  readonly position?: StreamPosition;
  readonly isRecoverable: boolean;
  readonly isPositioned: boolean;
  readonly wasRecovering: boolean;
  readonly hasRecovered: boolean;
  /** Set by the channel policy: a task's snapshot. */
  readonly data?: RawJson;
  readonly publications: readonly Publication[];
  readonly expiresAt?: number;
}

export interface ClientPublishOptions {
  readonly idempotencyKey?: string;
}

/** Life of a connection. No method throws. */
export interface SessionLife {
  /** connecting → ready; refuses with `limit_exceeded` when the server or the user has too many. */
  authenticate(identity: Identity): Eventually<Outcome<void>>;
  /** A new token for the same user. */
  refresh(identity: Identity): Outcome<void>;
  /** Queues one message of this connection's own; leaves with the tick's flush, before publications of the same tick. */
  send(message: string): void;
  /** Says why, closes, forgets. */
  disconnect(disconnect: Disconnect): void;
}

/** What a ready connection may do in channels; every call is authorised when it runs. */
export interface SessionChannels {
  subscribe(channel: string, options: SubscribeOptions): Eventually<Outcome<SubscribeResult>>;
  refreshSubscription(grant: SubscriptionGrant): Outcome<void>;
  unsubscribe(channel: string): Outcome<void>;
  publish(
    channel: string,
    data: RawJson,
    options: ClientPublishOptions,
  ): Promise<Outcome<PublishResult>>;
  presence(channel: string): Promise<Outcome<readonly ClientInfo[]>>;
  presenceStats(channel: string): Promise<Outcome<PresenceStats>>;
  history(channel: string, query: HistoryQuery): Promise<Outcome<HistoryPage>>;
  /** Up to where the channels that the server subscribed have been given to the socket; none without a history. */
  positions(): ReadonlyMap<string, StreamPosition>;
}

/** What the transport reports. */
export interface SessionInput {
  /** Takes one command from the connection's and the user's rates; false: answer `too_many_requests`. */
  allowsCommand(): boolean;
  /** Bytes came in: the peer is alive. */
  handleFrame(): void;
  /** A socket that answered `full` takes bytes again. */
  handleDrain(): void;
  /**
   * `isClean`: the client said goodbye (1000 or no code), so others are told at once; else the leave
   * waits for the grace. `code`: the close code that came, for the log; absent where there are none.
   */
  handleClosed(isClean: boolean, code?: number): void;
}

/**
 * One per connection, made by the core (core/session.ts).
 *
 *   connecting ──authenticate──▶ ready ──▶ draining ──▶ closed
 *        └────────── handleClosed / disconnect ──────────▲
 */
export interface Session extends SessionLife, SessionChannels, SessionInput {
  readonly id: string;
  /** '' until authenticated, and for anonymous people. */
  readonly user: string;
  readonly state: 'connecting' | 'ready' | 'draining' | 'closed';
  readonly init: ConnectionInit;
  readonly connectedAt: number;
}
