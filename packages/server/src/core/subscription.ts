/**
 * One connection's place in one channel. Object identity is its generation: whoever held on to a
 * subscription across an await sees by `state` that it has ended, even if the same connection has
 * subscribed to the same channel again since.
 *
 *   joining (events are kept) ──▶ live (frames are sent) ──▶ ended
 */
import type { ChannelEvent, ClientInfo, Disconnect, RawJson } from '@carillon/protocol';
import type { ConnectionInit, SubscribeOptions } from '../ports/connection-handler.ts';
import type { Identity } from '../ports/authenticator.ts';
import type { WireFormat } from '../ports/wire-format.ts';
import type { Channel } from './channel.ts';
import type { OutboundQueue } from './outbound-queue.ts';
import type { WheelEntry } from './timer-wheel.ts';
import type { ChannelRules } from './namespaces.ts';

/** What channels know of a connection. */
export interface Subscriber {
  readonly id: string;
  readonly user: string;
  readonly init: ConnectionInit;
  readonly identity: Identity | undefined;
  readonly queue: OutboundQueue;
  /** The position in the channel is lost: what follows cannot be shown to be complete. */
  handleLostPosition(subscription: Subscription): void;
  handleUnsubscribed(subscription: Subscription, reason: Disconnect): void;
}

/** Subscriptions of one channel whose clients are shown the same bytes. */
export interface SubscriptionGroup {
  readonly format: WireFormat;
  readonly wantsJoinLeave: boolean;
  readonly subscriptions: Subscription[];
}

/** `next` of a subscription without positions. */
export const UNPOSITIONED = -1;

export class Subscription {
  readonly subscriber: Subscriber;
  /** The subscriber's, at hand for the fan-out loop. */
  readonly queue: OutboundQueue;
  readonly name: string;
  readonly rules: ChannelRules;
  readonly isServerSide: boolean;
  readonly wantsJoinLeave: boolean;
  /** A subscription token opened it. */
  readonly isGranted: boolean;
  state: 'joining' | 'live' | 'ended' = 'joining';
  channel: Channel | undefined = undefined;
  group: SubscriptionGroup | undefined = undefined;
  /** Place in the group, or among the joining. */
  index = -1;
  /** Offset of the publication that must come next. */
  next = UNPOSITIONED;
  buffer: ChannelEvent[] | undefined = undefined;
  /** So many events of the present tick's run came before this subscription. */
  runOffset = 0;
  /** Live without a position: history could not be read. */
  isProvisional = false;
  /** More was published while joining than could be kept. */
  isOverrun = false;
  channelInfo: RawJson | undefined = undefined;
  expiresAt: number | undefined = undefined;
  expiry: WheelEntry | undefined = undefined;

  constructor(
    subscriber: Subscriber,
    channel: { readonly name: string; readonly rules: ChannelRules },
    options: SubscribeOptions,
  ) {
    this.subscriber = subscriber;
    this.queue = subscriber.queue;
    this.name = channel.name;
    this.rules = channel.rules;
    this.isGranted = options.grant !== undefined;
    this.isServerSide = options.isServerSide === true;
    this.wantsJoinLeave = options.wantsJoinLeave === true && channel.rules.namespace.hasJoinLeave;
  }

  /** A method, not a comparison in place: across an await the state may have changed. */
  hasEnded(): boolean {
    return this.state === 'ended';
  }
}

/** How the connection is shown to others in this channel. */
export function clientInfoOf(subscriber: Subscriber, channelInfo?: RawJson): ClientInfo {
  const connInfo = subscriber.identity?.info;
  return {
    user: subscriber.user,
    client: subscriber.id,
    ...(connInfo === undefined ? {} : { connInfo }),
    ...(channelInfo === undefined ? {} : { chanInfo: channelInfo }),
  };
}
