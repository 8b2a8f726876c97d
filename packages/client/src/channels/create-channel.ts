/** A channel as programs see it: its subscription, and the questions that can be asked about it. */
import type { Channel, Publisher } from '../channel.ts';
import type { Requests } from '../connection/requests.ts';
import type { Listeners } from '../listeners.ts';
import { toPublication, toPublisher } from './publication.ts';
import type { Subscription } from './subscription.ts';

export function createChannel(
  name: string,
  subscription: Subscription,
  requests: () => Requests,
): Channel {
  const channel = { channel: name };
  const listenFor = (
    listeners: Listeners<Publisher>,
    listener: (who: Publisher) => void,
  ): (() => void) => {
    const stop = listeners.add(listener);
    subscription.handleJoinListener();
    return stop;
  };
  return {
    name,
    state: subscription.state,
    subscribe: () => subscription.hold(),
    onPublication: subscription.publications.add,
    onGap: subscription.gaps.add,
    onJoin: (listener) => listenFor(subscription.joins, listener),
    onLeave: (listener) => listenFor(subscription.leaves, listener),
    async publish(data, { idempotencyKey } = {}) {
      await requests().send('publish', { ...channel, data, idempotency_key: idempotencyKey });
    },
    async presence() {
      const { presence } = await requests().send('presence', channel);
      return Object.values(presence).map(toPublisher);
    },
    async presenceStats() {
      const answer = await requests().send('presence_stats', channel);
      return { clients: answer.num_clients, users: answer.num_users };
    },
    async history({ limit = -1, since, isReverse } = {}) {
      const request = { ...channel, limit, since, reverse: isReverse };
      const answer = await requests().send('history', request);
      const { publications = [], epoch = '', offset = 0 } = answer;
      return { publications: publications.map(toPublication), position: { epoch, offset } };
    },
  };
}
