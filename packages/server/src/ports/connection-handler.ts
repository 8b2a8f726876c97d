import type { ClientInfo, Disconnect, Outcome, Publication, RawJson, StreamPosition } from '@carillon/protocol';
import type { Identity, SubscriptionGrant } from './authenticator.ts';
import type { PublishResult, HistoryPage, HistoryQuery } from './broker.ts';
import type { ClientSocket } from './client-socket.ts';
import type { PresenceStats } from './presence-store.ts';
import type { WireFormat } from './wire-format.ts';

export type DeviceType = 'mobile' | 'tablet' | 'desktop' | 'unknown';

/** What a transport and protocol know of a connection before anybody is authenticated. */
export interface ConnectionInit {
  readonly socket: ClientSocket;
  readonly format: WireFormat;
  readonly transport: 'websocket' | 'http_stream' | 'sse';
  /** `native` or the plain endpoint's name ('chat', 'notifications' …): for stats, devices and metrics. */
  readonly protocol: string;
  readonly deviceType: DeviceType;
  /** For limits before authentication and for logs. */
  readonly remoteAddress: string;
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
  readonly publications: readonly Publication[];
  readonly expiresAt?: number;
}

export interface ClientPublishOptions {
  readonly idempotencyKey?: string;
}

/**
 * What a protocol drives: one per connection, made by the core (core/session.ts). No method
 * throws. Results that need the broker come as promises; nothing on the delivery path does.
 *
 *   connecting ──authenticate──▶ ready ──▶ draining ──▶ closed
 *        └───────────── handleClosed / disconnect ────────▲
 */
export interface Session {
  readonly id: string;
  readonly user: string;
  readonly state: 'connecting' | 'ready' | 'draining' | 'closed';
  readonly connectedAt: number;

  /** connecting → ready; refuses with `limit_exceeded` when the server or the user has too many. */
  authenticate(identity: Identity): Outcome<void>;
  /** A new token for the same user. */
  refresh(identity: Identity): Outcome<void>;
  subscribe(channel: string, options: SubscribeOptions): Promise<Outcome<SubscribeResult>>;
  refreshSubscription(grant: SubscriptionGrant): Outcome<void>;
  unsubscribe(channel: string): Outcome<void>;
  publish(channel: string, data: RawJson, options: ClientPublishOptions): Promise<Outcome<PublishResult>>;
  presence(channel: string): Promise<Outcome<readonly ClientInfo[]>>;
  presenceStats(channel: string): Promise<Outcome<PresenceStats>>;
  history(channel: string, query: HistoryQuery): Promise<Outcome<HistoryPage>>;

  /** Queues one message of this connection's own; leaves with the tick's flush, before publications of the same tick. */
  send(message: string): void;
  /** Says why, closes, forgets. */
  disconnect(disconnect: Disconnect): void;

  /** Called by the transport: bytes came in (resets the heartbeat deadline). */
  handleFrame(): void;
  handleDrain(): void;
  /** `isClean`: the client said goodbye (1000 or no code); else join/leave grace applies. */
  handleClosed(isClean: boolean): void;
}
