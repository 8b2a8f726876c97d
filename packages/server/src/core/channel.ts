/**
 * One channel on this node: who is subscribed, where the stream stands, and what waits for the end
 * of the tick. Everything it passes on is in order and without holes; what does not follow on from
 * the last offset is withheld until `healing` has settled it.
 */
import type { ChannelEvent, Publication, StreamPosition } from '@carillon/protocol';
import { deliverRun, deliverSlowly } from './delivery.ts';
import type { ChannelRules } from './namespaces.ts';
import type { ChannelMembers } from './presence.ts';
import { describeRun } from './run.ts';
import { UNPOSITIONED } from './subscription.ts';
import type { Subscription, SubscriptionGroup } from './subscription.ts';
import { swapRemove } from './swap-remove.ts';
import type { Tally } from './tally.ts';
import type { Flushable, Tick } from './tick.ts';
import { WheelEntry } from './timer-wheel.ts';
import type { TimerWheel } from './timer-wheel.ts';

/** An event as the broker brought it. */
export interface BrokerEvent {
  readonly event: ChannelEvent;
  readonly epoch: string | undefined;
}

export interface ChannelOwner {
  readonly tick: Tick;
  readonly tally: Tally;
  readonly maxJoinBuffer: number;
  readonly wheel: TimerWheel;
  /** A publication does not follow on; events are withheld until `release`. */
  handleGap(channel: Channel): void;
  /** The stream began anew: what subscribers know of positions is void. */
  handleNewEpoch(channel: Channel, position: StreamPosition): void;
  /** Position check while there are subscribers, letting go when there are none. */
  handleChannelTimer(channel: Channel): void;
}

const NO_GROUPS: readonly SubscriptionGroup[] = [];
const NOBODY: Subscription[] = [];

export class Channel extends WheelEntry implements Flushable {
  readonly name: string;
  readonly rules: ChannelRules;
  readonly #owner: ChannelOwner;
  groups: readonly SubscriptionGroup[] = NO_GROUPS;
  readonly latestKey: object | undefined;
  /** Being set up; they keep events until they know from which one on they need them. */
  joining: Subscription[] = NOBODY;
  subscriberCount = 0;
  /** Pending until the broker has subscribed; undefined from then on. */
  attaching: Promise<void> | undefined = undefined;
  /** undefined until a publication or a look into history told. */
  epoch: string | undefined = undefined;
  topOffset = 0;
  /** Counts how often positions became void, for whoever awaited in between. */
  generation = 0;
  /** Tick of the wheel in which the stream was last known to be complete. */
  verifiedTick = 0;
  isChecking = false;
  /** Somebody subscribed after the present run had begun. */
  hasNewcomers = false;
  isReleased = false;
  /** Somebody is subscribed who was given no position, because the broker could not be asked. */
  hasProvisional = false;
  members: ChannelMembers | undefined = undefined;
  #pending: ChannelEvent[] | undefined = undefined;
  #withheld: BrokerEvent[] | undefined = undefined;

  constructor(name: string, rules: ChannelRules, owner: ChannelOwner) {
    super();
    this.name = name;
    this.rules = rules;
    this.#owner = owner;
    this.latestKey = rules.namespace.slowConsumer === 'latest' ? this : undefined;
  }

  get isEmpty(): boolean {
    return this.subscriberCount === 0 && this.joining.length === 0;
  }

  get isHealing(): boolean {
    return this.#withheld !== undefined;
  }

  get position(): StreamPosition | undefined {
    return this.epoch === undefined ? undefined : { epoch: this.epoch, offset: this.topOffset };
  }

  setPosition(position: StreamPosition): void {
    const isFirst = this.epoch === undefined;
    this.epoch = position.epoch;
    this.topOffset = position.offset;
    if (isFirst && this.hasProvisional) this.#endProvisional();
  }

  receive(event: ChannelEvent, epoch: string | undefined): void {
    if (this.#withheld !== undefined) {
      // One that finds no room shows as the next gap, once this one is healed.
      if (this.#withheld.length < this.#owner.maxJoinBuffer) this.#withheld.push({ event, epoch });
      return;
    }
    if (event.type !== 'publication' || event.publication.offset === undefined) this.#add(event);
    else this.#receivePositioned(event, { epoch: epoch ?? '', offset: event.publication.offset });
  }

  /** Events wait until `endHealing`: something before them is missing. */
  withhold(): void {
    this.#withheld ??= [];
  }

  /** Ends the withholding begun by a gap, with what history had in between. */
  endHealing(missed: readonly Publication[]): readonly BrokerEvent[] {
    const withheld = this.#withheld ?? [];
    this.#withheld = undefined;
    for (const publication of missed) {
      this.topOffset = publication.offset ?? this.topOffset;
      this.#add({ type: 'publication', publication });
    }
    return withheld;
  }

  handleTimer(): void {
    this.#owner.handleChannelTimer(this);
  }

  flush(): void {
    const events = this.#pending;
    if (events === undefined) return;
    this.#pending = undefined;
    // Backwards, because one whose buffer is full gives up its place.
    for (let index = this.joining.length - 1; index >= 0; index -= 1) {
      const subscription = this.joining[index];
      if (subscription !== undefined) this.#keepFor(subscription, events);
    }
    if (this.subscriberCount === 0) {
      this.hasNewcomers = false;
      return;
    }
    const run = describeRun(events);
    this.#owner.tally.deliveries += run.publicationCount * this.subscriberCount;
    const behind = deliverRun(this, run);
    this.hasNewcomers = false;
    for (const subscription of behind) {
      subscription.subscriber.handleLostPosition(subscription);
    }
  }

  addJoining(subscription: Subscription): void {
    subscription.channel = this;
    subscription.buffer = [];
    subscription.runOffset = this.#pending?.length ?? 0;
    if (subscription.runOffset > 0) this.hasNewcomers = true;
    subscription.index = this.joining.length;
    // Lists of one are made as such: an array that is pushed to reserves room for 17.
    if (this.joining.length === 0) this.joining = [subscription];
    else this.joining.push(subscription);
  }

  /** From here on frames are sent; `nextOffset` is the first one the client has not got. */
  goLive(subscription: Subscription, nextOffset: number): void {
    const buffered = subscription.buffer ?? [];
    subscription.buffer = undefined;
    this.#removeJoining(subscription);
    subscription.state = 'live';
    subscription.next = nextOffset;
    this.#addToGroup(subscription);
    this.subscriberCount += 1;
    // What was kept is older than the present run, which begins for this one where it came in.
    const { runOffset } = subscription;
    subscription.runOffset = 0;
    if (buffered.length > 0 && !deliverSlowly(subscription, describeRun(buffered))) {
      subscription.subscriber.handleLostPosition(subscription);
    }
    subscription.runOffset = runOffset;
  }

  goLiveProvisionally(subscription: Subscription): void {
    subscription.isProvisional = true;
    this.hasProvisional = true;
    this.goLive(subscription, UNPOSITIONED);
  }

  remove(subscription: Subscription): void {
    const { group } = subscription;
    subscription.buffer = undefined;
    if (group === undefined) {
      this.#removeJoining(subscription);
      return;
    }
    removeFrom(group.subscriptions, subscription);
    subscription.group = undefined;
    this.subscriberCount -= 1;
  }

  /** Kept events of an epoch that is over would be taken for the new one's. */
  forgetKept(): void {
    for (const subscription of this.joining) subscription.buffer = [];
  }

  /** A copy: ending one changes the groups. */
  liveSubscriptions(): readonly Subscription[] {
    return this.groups.flatMap((group) => group.subscriptions);
  }

  #receivePositioned(event: ChannelEvent, position: StreamPosition): void {
    if (this.epoch !== undefined && position.epoch !== this.epoch) {
      this.#owner.handleNewEpoch(this, position);
    } else if (this.epoch === undefined) {
      this.setPosition(position);
    } else if (position.offset === this.topOffset + 1) {
      this.topOffset = position.offset;
    } else if (position.offset <= this.topOffset) {
      return;
    } else {
      this.#withheld = [{ event, epoch: position.epoch }];
      this.#owner.handleGap(this);
      return;
    }
    this.verifiedTick = this.#owner.wheel.tick;
    this.#add(event);
  }

  #add(event: ChannelEvent): void {
    if (this.#pending !== undefined) {
      this.#pending.push(event);
      return;
    }
    this.#pending = [event];
    this.#owner.tick.addChannel(this);
  }

  #keepFor(subscription: Subscription, events: readonly ChannelEvent[]): void {
    const { buffer } = subscription;
    if (buffer === undefined) return;
    const kept = subscription.runOffset > 0 ? events.slice(subscription.runOffset) : events;
    subscription.runOffset = 0;
    if (buffer.length + kept.length > this.#owner.maxJoinBuffer) {
      subscription.state = 'ended';
      subscription.isOverrun = true;
      this.remove(subscription);
      return;
    }
    buffer.push(...kept);
  }

  /** What was published before the position is unknown to them: they subscribe again. */
  #endProvisional(): void {
    this.hasProvisional = false;
    this.flush();
    for (const subscription of this.liveSubscriptions()) {
      if (subscription.isProvisional) subscription.subscriber.handleLostPosition(subscription);
    }
  }

  #removeJoining(subscription: Subscription): void {
    removeFrom(this.joining, subscription);
    if (this.joining.length === 0) this.joining = NOBODY;
  }

  #addToGroup(subscription: Subscription): void {
    const { format } = subscription.subscriber.init;
    const { wantsJoinLeave } = subscription;
    let group = this.groups.find(
      (each) => each.format === format && each.wantsJoinLeave === wantsJoinLeave,
    );
    if (group === undefined) {
      group = { format, wantsJoinLeave, subscriptions: [subscription] };
      this.groups = this.groups === NO_GROUPS ? [group] : [...this.groups, group];
      subscription.index = 0;
    } else {
      subscription.index = group.subscriptions.length;
      group.subscriptions.push(subscription);
    }
    subscription.group = group;
  }
}

function removeFrom(list: Subscription[], subscription: Subscription): void {
  const { index } = subscription;
  if (list[index] !== subscription) return;
  const moved = swapRemove(list, index);
  if (moved !== undefined) moved.index = index;
  subscription.index = -1;
}
