/**
 * Who is in a channel. Lists and counts (the presence store) follow connections at once; what
 * others are told is per user: a join with the first connection, a leave after the last. A lost
 * connection leaves only when the grace has passed without the user's return, so that a tunnel or
 * a reload makes no noise. Counts the connections of this node; telling-once.ts asks the others.
 */
import type { ClientInfo } from '@carillon/protocol';
import type { Broker } from '../ports/broker.ts';
import type { Logger } from '../ports/logger.ts';
import type { PresenceStore } from '../ports/presence-store.ts';
import type { Channel } from './channel.ts';
import type { FailureLog } from './failure-log.ts';
import { TELLING_ALONE, TellingOnce } from './telling-once.ts';
import type { Telling } from './telling-once.ts';
import { clientInfoOf } from './subscription.ts';
import type { Subscription } from './subscription.ts';
import { WheelCallback } from './timer-wheel.ts';
import type { TimerWheel } from './timer-wheel.ts';

interface Member {
  connections: number;
  grace: WheelCallback | undefined;
}

/** Users of one channel; exists only where joins and leaves are told. */
export type ChannelMembers = Map<string, Member>;

export interface PresenceDependencies {
  readonly broker: Broker;
  readonly store: PresenceStore;
  readonly wheel: TimerWheel;
  readonly logger: Logger;
  readonly failures: FailureLog;
  readonly leaveGraceMs: number;
  readonly nodeId: string;
}

export class Presence {
  readonly #dependencies: PresenceDependencies;
  readonly #telling: Telling;

  constructor(dependencies: PresenceDependencies) {
    this.#dependencies = dependencies;
    const { store, logger, nodeId } = dependencies;
    const isAlone = store.isLocal === true;
    this.#telling = isAlone ? TELLING_ALONE : new TellingOnce({ store, logger, nodeId });
  }

  enter(subscription: Subscription): void {
    const { namespace } = subscription.rules;
    if (!namespace.hasPresence && !namespace.hasJoinLeave) return;
    const info = clientInfoOf(subscription.subscriber, subscription.channelInfo);
    if (namespace.hasPresence) {
      this.#dependencies.store.add(subscription.name, info).catch(this.#logFailure);
    }
    if (namespace.hasJoinLeave) this.#join(subscription, info);
  }

  /** `isLost`: the connection broke off, the user may be back in a moment. */
  leave(subscription: Subscription, isLost: boolean): void {
    const { namespace } = subscription.rules;
    if (!namespace.hasPresence && !namespace.hasJoinLeave) return;
    const info = clientInfoOf(subscription.subscriber, subscription.channelInfo);
    if (namespace.hasPresence) {
      this.#dependencies.store.remove(subscription.name, info).catch(this.#logFailure);
    }
    if (namespace.hasJoinLeave) this.#leave(subscription, info, isLost);
  }

  #join(subscription: Subscription, info: ClientInfo): void {
    const { channel } = subscription;
    if (channel === undefined) return;
    channel.members ??= new Map();
    const member = channel.members.get(memberKey(info));
    if (member === undefined) {
      channel.members.set(memberKey(info), { connections: 1, grace: undefined });
      this.#tell(channel, 'join', info);
      return;
    }
    member.connections += 1;
    if (member.grace === undefined) return;
    this.#dependencies.wheel.cancel(member.grace);
    member.grace = undefined;
  }

  #leave(subscription: Subscription, info: ClientInfo, isLost: boolean): void {
    const { channel } = subscription;
    const members = channel?.members;
    const member = members?.get(memberKey(info));
    if (channel === undefined || members === undefined || member === undefined) return;
    member.connections -= 1;
    if (member.connections > 0) return;
    const goodbye = (): void => {
      members.delete(memberKey(info));
      this.#tell(channel, 'leave', info);
    };
    if (!isLost) {
      goodbye();
      return;
    }
    member.grace = new WheelCallback(goodbye);
    this.#dependencies.wheel.schedule(member.grace, this.#dependencies.leaveGraceMs);
  }

  #tell({ name: channel, rules }: Channel, type: 'join' | 'leave', info: ClientInfo): void {
    const isCounted = rules.namespace.hasPresence;
    this.#telling.ask({ channel, type, info, isCounted }, (isNews, clients) => {
      if (!isNews) return;
      const event = clients === undefined ? { type, info } : { type, info, clients };
      this.#dependencies.broker.publish(channel, event, {}).catch(this.#logFailure);
    });
  }

  readonly #logFailure = (error: unknown): void => {
    this.#dependencies.failures.write('warn', { err: error }, 'presence could not be updated');
  };
}

/** Anonymous people have no user in common: each connection is somebody. */
const memberKey = (info: ClientInfo): string => (info.user === '' ? `c:${info.client}` : info.user);
