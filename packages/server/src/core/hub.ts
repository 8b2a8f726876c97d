/**
 * All channels that have a subscriber on this node, and the door through which the broker's events
 * come in. Subscribes at the broker with a channel's first subscriber and lets go a moment after
 * the last, so that a page reload costs nothing there.
 */
import type { ChannelEvent, StreamPosition } from '@carillon/protocol';
import type { Broker, BrokerHandler } from '../ports/broker.ts';
import type { Random } from '../ports/clock.ts';
import type { Eventually } from '../ports/eventually.ts';
import type { Logger } from '../ports/logger.ts';
import { Channel } from './channel.ts';
import type { ChannelOwner } from './channel.ts';
import { heal, invalidate } from './healing.ts';
import type { CoreLimits } from './limits.ts';
import { checkPosition } from './position-check.ts';
import type { Presence } from './presence.ts';
import type { Subscription } from './subscription.ts';
import type { Tally } from './tally.ts';
import type { Tick } from './tick.ts';
import { WHEEL_TICK_MS } from './timer-wheel.ts';
import type { TimerWheel } from './timer-wheel.ts';

export interface HubDependencies {
  readonly broker: Broker;
  readonly random: Random;
  readonly logger: Logger;
  readonly tick: Tick;
  readonly tally: Tally;
  readonly wheel: TimerWheel;
  readonly presence: Presence;
  readonly limits: CoreLimits;
}

export class Hub implements BrokerHandler, ChannelOwner {
  readonly #dependencies: HubDependencies;
  readonly #healing: {
    readonly broker: Broker;
    readonly logger: Logger;
    readonly maxRecoveredPublications: number;
  };
  readonly #channels = new Map<string, Channel>();
  readonly tick: Tick;
  readonly tally: Tally;
  readonly wheel: TimerWheel;
  readonly maxJoinBuffer: number;

  constructor(dependencies: HubDependencies) {
    this.#dependencies = dependencies;
    const { broker, logger, limits } = dependencies;
    const { maxRecoveredPublications } = limits;
    this.#healing = { broker, logger, maxRecoveredPublications };
    this.tick = dependencies.tick;
    this.tally = dependencies.tally;
    this.wheel = dependencies.wheel;
    this.maxJoinBuffer = limits.maxJoinBuffer;
  }

  handleEvent(channel: string, event: ChannelEvent, epoch?: string): void {
    const found = this.#channels.get(channel);
    if (found === undefined) return;
    const { type } = event;
    this.#dependencies.logger.debug(
      { channel, type, subscribers: found.subscriberCount },
      'routed',
    );
    found.receive(event, epoch);
  }

  /** Whatever was lost while the broker was away is found now, a few channels at a time. */
  handleReconnected(): void {
    const { random, limits } = this.#dependencies;
    const spreadTicks = Math.floor(limits.reconnectedCheckMs / WHEEL_TICK_MS);
    for (const channel of this.#channels.values()) {
      if (channel.isEmpty || !this.#needsChecks(channel)) continue;
      // Live traffic after this moment puts the check off, but it does so by being complete.
      const dueTick = this.wheel.tick + 1 + Math.floor(random.next() * spreadTicks);
      channel.verifiedTick = dueTick - this.#intervalTicks();
      this.wheel.scheduleAt(channel, dueTick);
    }
  }

  /** From now on the subscription keeps what is published. Rejects or throws when the broker does. */
  attach(subscription: Subscription): Eventually<Channel> {
    const known = this.#channels.get(subscription.name);
    const channel = known ?? new Channel(subscription.name, subscription.rules, this);
    channel.addJoining(subscription);
    if (known === undefined) {
      this.#channels.set(channel.name, channel);
      this.#attachAtBroker(channel);
    }
    return channel.attaching === undefined ? channel : channel.attaching.then(() => channel);
  }

  /** The history that a subscriber was given begins the channel's position, or voids it. */
  adoptPosition(channel: Channel, position: StreamPosition): void {
    if (channel.epoch === undefined) channel.setPosition(position);
    else if (channel.epoch !== position.epoch) invalidate(channel, position);
  }

  /** `provisional`: it lives without a position until the channel has one, and then is told so. */
  goLive(subscription: Subscription, nextOffset: number | 'provisional'): void {
    const { channel } = subscription;
    if (channel === undefined) return;
    if (nextOffset === 'provisional') channel.goLiveProvisionally(subscription);
    else channel.goLive(subscription, nextOffset);
    this.#logRoute(subscription, 'subscribed');
    this.#dependencies.presence.enter(subscription);
    if (this.#needsChecks(channel) && channel.dueTick < 0) {
      // As if it had been looked at some time ago: channels that begin together part ways.
      const ageTicks = Math.floor(this.#dependencies.random.next() * this.#intervalTicks());
      channel.verifiedTick = this.wheel.tick - ageTicks;
      this.wheel.scheduleAt(channel, channel.verifiedTick + this.#intervalTicks());
    }
  }

  /** `isLost`: the connection broke off, so others are told only after the grace. */
  end(subscription: Subscription, isLost: boolean): void {
    const { channel, state } = subscription;
    subscription.state = 'ended';
    if (subscription.expiry !== undefined) this.wheel.cancel(subscription.expiry);
    if (channel === undefined) return;
    channel.remove(subscription);
    if (state === 'live') {
      this.#dependencies.presence.leave(subscription, isLost);
      this.#logRoute(subscription, 'unsubscribed');
    }
    if (channel.isEmpty && !channel.isReleased) {
      this.wheel.schedule(channel, this.#dependencies.limits.brokerReleaseDelayMs);
    }
  }

  channel(name: string): Channel | undefined {
    return this.#channels.get(name);
  }

  channels(): IterableIterator<Channel> {
    return this.#channels.values();
  }

  handleGap(channel: Channel): void {
    void heal(channel, this.#healing);
  }

  handleNewEpoch(channel: Channel, position: StreamPosition): void {
    invalidate(channel, position);
  }

  handleChannelTimer(channel: Channel): void {
    const { limits } = this.#dependencies;
    if (channel.isEmpty) {
      if (channel.members === undefined || channel.members.size === 0) this.#release(channel);
      else this.wheel.schedule(channel, limits.brokerReleaseDelayMs);
      return;
    }
    if (!this.#needsChecks(channel)) return;
    const dueTick = channel.verifiedTick + this.#intervalTicks();
    if (this.wheel.tick < dueTick) {
      this.wheel.scheduleAt(channel, dueTick);
      return;
    }
    channel.verifiedTick = this.wheel.tick;
    this.wheel.scheduleAt(channel, this.wheel.tick + this.#intervalTicks());
    void checkPosition(channel, this.#healing);
  }

  #attachAtBroker(channel: Channel): void {
    const fail = (error: unknown): never => {
      channel.attaching = undefined;
      channel.isReleased = true;
      this.#channels.delete(channel.name);
      throw error;
    };
    try {
      const attaching = this.#dependencies.broker.subscribe(channel.name);
      if (!(attaching instanceof Promise)) return;
      channel.attaching = attaching.then(() => {
        channel.attaching = undefined;
      }, fail);
    } catch (error) {
      fail(error);
    }
  }

  #release(channel: Channel): void {
    channel.isReleased = true;
    this.#channels.delete(channel.name);
    this.#dependencies.broker.unsubscribe(channel.name).catch((error: unknown) => {
      this.#dependencies.logger.warn({ err: error, channel: channel.name }, 'unsubscribe failed');
    });
  }

  #logRoute({ name, subscriber }: Subscription, what: string): void {
    const { id, user } = subscriber;
    this.#dependencies.logger.debug({ connection: id, user, channel: name }, what);
  }

  #needsChecks(channel: Channel): boolean {
    return channel.rules.isPositioned && this.#dependencies.broker.deliversReliably !== true;
  }

  #intervalTicks(): number {
    return Math.floor(this.#dependencies.limits.positionCheckIntervalMs / WHEEL_TICK_MS);
  }
}
