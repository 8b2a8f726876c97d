/** Commands about one channel: subscribe, unsubscribe, publish, presence, presence_stats, history. */
import {
  type HistoryRequest,
  type Outcome,
  type PresenceRequest,
  type PublishRequest,
  type SubscribeRequest,
  encodeHistoryReply,
  encodePresenceReply,
  encodePresenceStatsReply,
  encodePublishReply,
  encodeSubscribeReply,
  fail,
  ok,
} from '@carillon/protocol';
import type { Session, SubscribeOptions } from '../../ports/connection-handler.ts';
import { after, type Eventually } from '../../ports/eventually.ts';
import type { NativeContext } from './native-context.ts';
import { subscriptionReply } from './subscription-reply.ts';
import { grantFor } from './token-commands.ts';

interface Numbered<Request> {
  readonly id: number;
  readonly request: Request;
}

/** Maps and shared polling are kinds of channel that this server does not have. */
const isPublicationKind = (kind: number): boolean => kind === 0;

const optionsOf = (request: SubscribeRequest): SubscribeOptions => ({
  isPositioned: request.positioned,
  isRecoverable: request.recoverable,
  wantsJoinLeave: request.joinLeave,
  ...(request.recover && { recoverFrom: { epoch: request.epoch, offset: request.offset } }),
});

export const handleSubscribe = (
  context: NativeContext,
  session: Session,
  { id, request }: Numbered<SubscribeRequest>,
): Eventually<Outcome<string>> => {
  if (!isPublicationKind(request.kind)) return fail('not_available');
  const grant = request.token === '' ? undefined : grantFor(context, session, request);
  return after(grant, (granted) => {
    if (granted !== undefined && !granted.ok) return granted;
    const options = optionsOf(request);
    const subscribing = session.subscribe(
      request.channel,
      granted === undefined ? options : { ...options, grant: granted.value },
    );
    return after(subscribing, (subscribed): Outcome<string> => {
      if (!subscribed.ok) return subscribed;
      const { wasRecovering, hasRecovered } = subscribed.value;
      if (request.rejectUnrecovered && wasRecovering && !hasRecovered) {
        session.unsubscribe(request.channel);
        return fail('unrecoverable_position');
      }
      const reply = subscriptionReply(subscribed.value, context.deps.clock.now());
      return ok(encodeSubscribeReply(id, reply));
    });
  });
};

export const handlePublish = async (
  session: Session,
  { id, request }: Numbered<PublishRequest>,
): Promise<Outcome<string>> => {
  if (!isPublicationKind(request.kind)) return fail('not_available');
  const { channel, data, idempotencyKey } = request;
  const options = idempotencyKey === '' ? {} : { idempotencyKey };
  const published = await session.publish(channel, data, options);
  return published.ok ? ok(encodePublishReply(id)) : published;
};

export const handlePresence = async (
  session: Session,
  { id, request }: Numbered<PresenceRequest>,
): Promise<Outcome<string>> => {
  const clients = await session.presence(request.channel);
  return clients.ok ? ok(encodePresenceReply(id, clients.value)) : clients;
};

export const handlePresenceStats = async (
  session: Session,
  { id, request }: Numbered<PresenceRequest>,
): Promise<Outcome<string>> => {
  const stats = await session.presenceStats(request.channel);
  return stats.ok ? ok(encodePresenceStatsReply(id, stats.value)) : stats;
};

export const handleHistory = async (
  session: Session,
  { id, request }: Numbered<HistoryRequest>,
): Promise<Outcome<string>> => {
  const { limit, since, reverse } = request;
  const page = await session.history(request.channel, {
    limit,
    reverse,
    ...(since !== undefined && { since }),
  });
  return page.ok ? ok(encodeHistoryReply(id, page.value)) : page;
};
