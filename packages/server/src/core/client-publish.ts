/** A client's publication: rate, right, then the domain where it has to be stored first, else the broker. */
import { fail, ok } from '@carillon/protocol';
import type { Outcome, Publication, RawJson } from '@carillon/protocol';
import type { PublishResult } from '../ports/broker.ts';
import type { ChannelRules } from './namespaces.ts';
import type { ClientSession } from './session.ts';
import { clientInfoOf } from './subscription.ts';

export interface ClientPublishRequest {
  readonly channel: string;
  readonly data: RawJson;
  readonly idempotencyKey?: string;
}

export async function publishFromClient(
  session: ClientSession,
  request: ClientPublishRequest,
): Promise<Outcome<PublishResult>> {
  const { context } = session;
  const { channel } = request;
  if (session.state !== 'ready') return fail('not_available', 'the connection is not ready');
  if (!session.allowsPublish()) return fail('too_many_requests');
  const rules = context.namespaces.resolve(channel);
  if (rules === undefined) return fail('unknown_channel');
  try {
    const allowed = mayPublish(session, channel, rules);
    if (allowed === false || (allowed !== true && !(await allowed))) {
      return fail('permission_denied');
    }
    const taken = offerToDomain(session, request);
    if (taken !== undefined) return await taken;
    return ok(await publishToBroker(session, request, rules));
  } catch (error) {
    context.failures.write('error', { err: error, channel }, 'publish failed');
    return fail('internal');
  }
}

function offerToDomain(
  session: ClientSession,
  request: ClientPublishRequest,
): Promise<Outcome<PublishResult>> | undefined {
  const { user, id: connectionId } = session;
  return session.context.policy.handlePublish({ user, connectionId, ...request });
}

function mayPublish(
  session: ClientSession,
  channel: string,
  rules: ChannelRules,
): boolean | Promise<boolean> {
  const { access, clock } = session.context;
  if (rules.isInternal) return false;
  const rule = rules.namespace.publish;
  // The token that opened the subscription opens publishing too, as long as the subscription lasts.
  if (rule === 'token') return access.isInsecure || hasGrant(session, channel);
  return access.isAllowed({ rule, user: session.user, channel, nowMs: clock.now() });
}

function hasGrant(session: ClientSession, channel: string): boolean {
  const subscription = session.subscription(channel);
  return subscription?.state === 'live' && subscription.isGranted;
}

function publishToBroker(
  session: ClientSession,
  request: ClientPublishRequest,
  rules: ChannelRules,
): Promise<PublishResult> {
  const { channel, data, idempotencyKey } = request;
  const info = clientInfoOf(session, session.subscription(channel)?.channelInfo);
  if (idempotencyKey === undefined) {
    const publication: Publication = { data, info };
    const event = { type: 'publication', publication } as const;
    return session.context.broker.publish(channel, event, rules.publishOptions);
  }
  // Keys belong to their sender: nobody can use up somebody else's.
  const sender = session.user === '' ? `c:${session.id}` : `u:${session.user}`;
  const publication: Publication = { data, info, tags: { cid: idempotencyKey } };
  const options = { ...rules.publishOptions, idempotencyKey: `${sender}:${idempotencyKey}` };
  return session.context.broker.publish(channel, { type: 'publication', publication }, options);
}
