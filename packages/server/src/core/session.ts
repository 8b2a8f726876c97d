/**
 * One connection: who it is, what it is subscribed to, and what ends it. Owns the state machine
 * and nothing else that is complicated: deadlines are session-timer.ts, the way out is
 * outbound-queue.ts, channels are hub.ts, subscribing is subscribing.ts.
 *
 *   connecting ──authenticate──▶ ready ──disconnect──▶ draining ──handleClosed──▶ closed
 *        │                         └─────────────handleClosed──────────────────────▲
 *        └──────── disconnect (through draining) or handleClosed ──────────────────┘
 *
 * Draining: the peer has been told, nothing more is accepted, the socket is not gone yet.
 */
import { DISCONNECTS, fail, isTerminal, ok, UNSUBSCRIBES } from '@carillon/protocol';
import type { ClientInfo, Disconnect, Outcome, RawJson, StreamPosition } from '@carillon/protocol';
import type { Identity, SubscriptionGrant } from '../ports/authenticator.ts';
import type { HistoryPage, HistoryQuery, PublishResult } from '../ports/broker.ts';
import type { Eventually } from '../ports/eventually.ts';
import type {
  ClientPublishOptions,
  ConnectionInit,
  Session,
  SubscribeOptions,
  SubscribeResult,
} from '../ports/connection-handler.ts';
import type { PresenceStats } from '../ports/presence-store.ts';
import type { ConnectionInfo } from '../ports/server-api.ts';
import { readHistory, readPresence, readPresenceStats } from './channel-queries.ts';
import { publishFromClient } from './client-publish.ts';
import { admit } from './connection-limits.ts';
import type { CoreContext } from './core-context.ts';
import { OutboundQueue } from './outbound-queue.ts';
import { TokenBucket } from './rate-limit.ts';
import { logEnd, logReady } from './session-log.ts';
import { SessionTimer } from './session-timer.ts';
import { subscribe } from './subscribing.ts';
import type { Subscriber, Subscription } from './subscription.ts';
import { scheduleExpiry } from './subscription-expiry.ts';

type SessionState =
  | { readonly type: 'connecting' }
  | { readonly type: 'ready'; readonly identity: Identity }
  | { readonly type: 'draining'; readonly hasLastWords: boolean }
  | { readonly type: 'closed' };

const CONNECTING: SessionState = { type: 'connecting' };
/** Known, but the directory of the cluster has not answered yet. */
const ENTERING: SessionState = { type: 'connecting' };
const LAST_WORDS: SessionState = { type: 'draining', hasLastWords: true };
const DRAINING: SessionState = { type: 'draining', hasLastWords: false };
const CLOSED: SessionState = { type: 'closed' };
/** Codes that allow a return but mean that nobody is there at present. */
const GONE: ReadonlySet<number> = new Set([DISCONNECTS.no_pong.code, DISCONNECTS.expired.code]);
/** RFC 6455 §7.1.5: no close frame came. */
const BROKEN_OFF = 1006;
const NO_SUBSCRIPTIONS: Subscription[] = [];

export class ClientSession implements Session, Subscriber {
  readonly id: string;
  readonly init: ConnectionInit;
  readonly connectedAt: number;
  readonly context: CoreContext;
  readonly queue: OutboundQueue;
  /** Grows with every connection: the order of age, whatever the clock does. */
  readonly serial: number;
  user = '';
  /** Place among its user's connections; the registry's. */
  userIndex = 0;
  #state: SessionState = CONNECTING;
  #subscriptions = NO_SUBSCRIPTIONS;
  readonly #timer: SessionTimer;
  #publishBucket: TokenBucket | undefined = undefined;
  #commandBucket: TokenBucket | undefined = undefined;

  constructor(init: ConnectionInit, context: CoreContext, serial: number) {
    this.init = init;
    this.context = context;
    this.serial = serial;
    this.id = context.random.id();
    this.connectedAt = context.clock.now();
    this.queue = new OutboundQueue(this, context.queues);
    this.#timer = new SessionTimer(this, context.wheel);
    this.#timer.startAuthentication(context.limits.authenticateWithinMs);
  }

  get state(): Session['state'] {
    return this.#state.type;
  }

  get identity(): Identity | undefined {
    return this.#state.type === 'ready' ? this.#state.identity : undefined;
  }

  get subscriptions(): readonly Subscription[] {
    return this.#subscriptions;
  }

  authenticate(identity: Identity): Eventually<Outcome<void>> {
    if (this.#state !== CONNECTING) return fail('bad_request', 'already authenticated');
    const { context } = this;
    if (context.isDraining()) return fail('shutting_down');
    if (this.#remainingMs(identity) <= 0) return fail('token_expired');
    const admitted = admit(this.#describe(identity), context);
    if (!(admitted instanceof Promise)) return this.#enter(identity, admitted);
    this.#state = ENTERING;
    return admitted.then((outcome) => this.#enter(identity, outcome));
  }

  /** What the directory of the cluster knows of it. */
  describe(): ConnectionInfo {
    return this.#describe(this.identity);
  }

  #enter(identity: Identity, admitted: Outcome<void>): Outcome<void> {
    const { context } = this;
    const hasEnded = this.#state.type !== 'connecting';
    if (!admitted.ok) {
      if (!hasEnded) this.#state = CONNECTING;
      return admitted;
    }
    if (hasEnded) {
      context.directory.leave(this.#describe(identity));
      return fail('not_available', 'the connection is gone');
    }
    this.#state = { type: 'ready', identity };
    this.user = identity.user;
    context.registry.add(this);
    this.#timer.startHeartbeat(this.init.heartbeat, context.random.next());
    this.#watchExpiry(identity);
    logReady(this);
    return ok(undefined);
  }

  refresh(identity: Identity): Outcome<void> {
    if (this.#state.type !== 'ready') return fail('not_available', 'the connection is not ready');
    if (identity.user !== this.user) return fail('unauthorized', 'the token is for another user');
    if (this.#remainingMs(identity) <= 0) return fail('token_expired');
    this.#state = { type: 'ready', identity };
    this.#watchExpiry(identity);
    return ok(undefined);
  }

  send(message: string): void {
    const state = this.#state;
    if (state.type === 'closed' || (state.type === 'draining' && !state.hasLastWords)) return;
    this.queue.send(message);
  }

  disconnect(disconnect: Disconnect): void {
    if (this.#state.type === 'draining' || this.#state.type === 'closed') return;
    const wasReady = this.#state.type === 'ready';
    // Who is told to come back may be there again in a moment: others need not hear of it.
    const isBackSoon = !isTerminal(disconnect.code) && !GONE.has(disconnect.code);
    this.#end(isBackSoon);
    this.#state = LAST_WORDS;
    const closeFrame = this.init.listener.handleDisconnect(this, disconnect);
    this.#state = DRAINING;
    // Who does not keep up gets no more; everybody else gets what was promised before the close.
    if (disconnect.code === DISCONNECTS.slow.code) this.queue.discard();
    else this.queue.finish();
    if (wasReady) logEnd(this, closeFrame);
    this.init.socket.close(closeFrame);
  }

  subscribe(channel: string, options: SubscribeOptions): Eventually<Outcome<SubscribeResult>> {
    return subscribe(this, channel, options);
  }

  refreshSubscription(grant: SubscriptionGrant): Outcome<void> {
    const subscription = this.subscription(grant.channel);
    if (subscription === undefined) return fail('permission_denied', 'not subscribed');
    if (grant.user !== this.user) return fail('unauthorized', 'the token is for another user');
    return scheduleExpiry(subscription, grant, this.context);
  }

  unsubscribe(channel: string): Outcome<void> {
    const subscription = this.subscription(channel);
    if (subscription !== undefined) this.endSubscription(subscription, false);
    return ok(undefined);
  }

  publish(
    channel: string,
    data: RawJson,
    options: ClientPublishOptions,
  ): Promise<Outcome<PublishResult>> {
    return publishFromClient(this, { channel, data, ...options });
  }

  presence(channel: string): Promise<Outcome<readonly ClientInfo[]>> {
    return readPresence(this, channel);
  }

  presenceStats(channel: string): Promise<Outcome<PresenceStats>> {
    return readPresenceStats(this, channel);
  }

  history(channel: string, query: HistoryQuery): Promise<Outcome<HistoryPage>> {
    return readHistory(this, channel, query);
  }

  positions(): ReadonlyMap<string, StreamPosition> {
    const positions = new Map<string, StreamPosition>();
    for (const { name, isServerSide, state, next, channel } of this.#subscriptions) {
      if (!isServerSide || state !== 'live' || next < 0 || channel?.epoch === undefined) continue;
      positions.set(name, { epoch: channel.epoch, offset: next - 1 });
    }
    return positions;
  }

  allowsCommand(): boolean {
    const { commandRates, limits, clock } = this.context;
    const nowMs = clock.monotonic();
    this.#commandBucket ??= new TokenBucket(limits.commandsPerConnection, nowMs);
    if (!this.#commandBucket.take(nowMs)) return false;
    return this.user === '' || commandRates.take(this.user, nowMs);
  }

  allowsPublish(): boolean {
    const { publishRates, limits, clock } = this.context;
    const nowMs = clock.monotonic();
    this.#publishBucket ??= new TokenBucket(limits.publishPerConnection, nowMs);
    if (!this.#publishBucket.take(nowMs)) return false;
    return this.user === '' || publishRates.take(this.user, nowMs);
  }

  handleFrame(): void {
    this.#timer.handleFrame();
  }

  handleDrain(): void {
    this.queue.handleDrain();
  }

  handleClosed(isClean: boolean, code?: number): void {
    if (this.#state.type === 'closed') return;
    const hasCode = code !== undefined && code !== BROKEN_OFF;
    if (this.#state.type === 'ready') logEnd(this, hasCode ? { code } : 'lost');
    if (this.#state.type !== 'draining') this.#end(!isClean);
    this.#state = CLOSED;
    this.queue.discard();
  }

  /** Up to 128 of them, looked at once per command: a map per connection would cost more. */
  subscription(channel: string): Subscription | undefined {
    return this.#subscriptions.find((subscription) => subscription.name === channel);
  }

  addSubscription(subscription: Subscription): void {
    if (this.#subscriptions === NO_SUBSCRIPTIONS) this.#subscriptions = [subscription];
    else this.#subscriptions.push(subscription);
  }

  endSubscription(subscription: Subscription, isLost: boolean): void {
    const index = this.#subscriptions.indexOf(subscription);
    if (index >= 0) this.#subscriptions.splice(index, 1);
    this.context.hub.end(subscription, isLost);
  }

  /**
   * The client is told. What the server subscribed, the server subscribes again: a broker that lost
   * its data must not make everybody connect anew.
   */
  handleLostPosition(subscription: Subscription): void {
    if (subscription.hasEnded()) return;
    this.handleUnsubscribed(subscription, UNSUBSCRIBES.insufficient_state);
    if (!subscription.isServerSide) return;
    // Later, because the channel is in the middle of going through its subscribers.
    this.context.clock.defer(() => void this.#subscribeAgain(subscription));
  }

  handleUnsubscribed(subscription: Subscription, reason: Disconnect): void {
    if (subscription.hasEnded()) return;
    // The client is asked to subscribe again at once: not a leave that others should see.
    this.endSubscription(subscription, reason.code === UNSUBSCRIBES.insufficient_state.code);
    this.init.listener.handleUnsubscribed(this, subscription.name, reason);
  }

  handleSlow(): void {
    this.context.metrics.count('ws_slow_consumers_total', 1, { policy: 'disconnect' });
    this.queue.discard();
    this.disconnect(DISCONNECTS.slow);
  }

  handleStale(): void {
    this.disconnect(DISCONNECTS.stale);
  }

  handleNoPong(): void {
    this.disconnect(DISCONNECTS.no_pong);
  }

  sendPing(): void {
    const { format, heartbeat } = this.init;
    this.queue.push(this.context.pings.frameFor(format, heartbeat));
  }

  remainingLifeMs(): number {
    return this.identity === undefined ? 0 : this.#remainingMs(this.identity);
  }

  handleExpiring(): void {
    this.init.listener.handleExpiring?.(this);
  }

  handleExpired(): void {
    this.disconnect(DISCONNECTS.expired);
  }

  async #subscribeAgain({ name, wantsJoinLeave }: Subscription): Promise<void> {
    if (this.#state.type !== 'ready' || this.subscription(name) !== undefined) return;
    const outcome = await this.subscribe(name, { isServerSide: true, wantsJoinLeave });
    if (outcome.ok) this.init.listener.handleSubscribed(this, name, outcome.value);
    else this.disconnect(DISCONNECTS.insufficient_state);
  }

  #describe(identity: Identity | undefined): ConnectionInfo {
    const { deviceType, transport, protocol } = this.init;
    const user = identity?.user ?? this.user;
    const { id: connectionId, connectedAt } = this;
    const info = { connectionId, user, deviceType, transport, protocol, connectedAt };
    return identity?.isGuest === true ? { ...info, isGuest: true } : info;
  }

  #remainingMs(identity: Identity): number {
    if (identity.expiresAt === undefined) return Number.POSITIVE_INFINITY;
    return identity.expiresAt * 1000 - this.context.clock.now();
  }

  #watchExpiry(identity: Identity): void {
    const afterMs = identity.expiresAt === undefined ? undefined : this.#remainingMs(identity);
    this.#timer.setExpiry(afterMs, this.context.limits.expiredGraceMs);
  }

  /** Lets go of everything others can see; runs while the identity is still known. */
  #end(isLost: boolean): void {
    this.#timer.stop();
    this.context.registry.remove(this);
    if (this.#state.type === 'ready') this.context.directory.leave(this.#describe(this.identity));
    const subscriptions = this.#subscriptions;
    this.#subscriptions = NO_SUBSCRIPTIONS;
    for (const subscription of subscriptions) this.context.hub.end(subscription, isLost);
  }
}
