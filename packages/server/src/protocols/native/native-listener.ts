/** Tells native clients what the core did to their connection: one object for all of them. */
import { encodeSubscribePush, encodeUnsubscribePush } from '@carillon/protocol';
import type { Clock } from '../../ports/clock.ts';
import type { SessionListener } from '../../ports/connection-handler.ts';
import { subscriptionReply } from './subscription-reply.ts';

export const createNativeListener = (clock: Clock): SessionListener => ({
  handleSubscribed(session, channel, result) {
    session.send(encodeSubscribePush(channel, subscriptionReply(result, clock.now())));
  },

  handleUnsubscribed(session, channel, reason) {
    session.send(encodeUnsubscribePush(channel, reason));
  },

  // Code and reason travel in the close frame itself.
  handleDisconnect: (_session, disconnect) => disconnect,
});
