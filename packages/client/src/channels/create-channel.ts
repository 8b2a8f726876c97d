/** A channel as programs see it: its subscription, and the questions that can be asked about it. */
import type { Channel } from '../channel.ts';
import type { Requests } from '../connection/requests.ts';
import { type Subscription, toPublication, toPublisher } from './subscription.ts';

export function createChannel(
  name: string,
  subscription: Subscription,
  requests: () => Requests,
): Channel {
  const channel = { channel: name };
  return {
    name,
    state: subscription.state,
    subscribe: subscription.hold,
    onPublication: subscription.onPublication,
    onGap: subscription.onGap,
    onJoin: subscription.onJoin,
    onLeave: subscription.onLeave,
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
