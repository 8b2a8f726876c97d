/**
 * From a subscribe command to a live subscription:
 *
 *   check and authorise → keep what is published from here on → read history → go live
 *
 * so that between history and the live stream nothing is missing and nothing comes twice. The
 * subscription may end at every await (unsubscribe, disconnect); each step looks.
 */
import { fail, ok } from '@carillon/protocol';
import type { Outcome, RawJson, StreamPosition } from '@carillon/protocol';
import type { HistoryPage } from '../ports/broker.ts';
import type { SubscribeOptions, SubscribeResult } from '../ports/connection-handler.ts';
import type { Channel } from './channel.ts';
import type { CoreContext } from './core-context.ts';
import { isValidChannelName } from './namespaces.ts';
import { recoverFrom, visibleTo } from './recovery.ts';
import type { Recovery } from './recovery.ts';
import type { ClientSession } from './session.ts';
import { scheduleExpiry } from './subscription-expiry.ts';
import { Subscription } from './subscription.ts';

/** Streams that begin anew while somebody subscribes are read again, but not for ever. */
const MAX_HISTORY_READS = 3;

export async function subscribe(
  session: ClientSession,
  channel: string,
  options: SubscribeOptions,
): Promise<Outcome<SubscribeResult>> {
  const opened = open(session, channel, options);
  if (!opened.ok) return opened;
  const subscription = opened.value;
  try {
    const joined = await join(subscription, options, session.context);
    if (!joined.ok) session.endSubscription(subscription, false);
    return joined;
  } catch (error) {
    session.endSubscription(subscription, false);
    session.context.logger.error({ err: error, channel }, 'subscribe failed');
    return fail('internal');
  }
}

/** All that can be refused at once. The subscription is entered before anything is awaited, so that a second one finds it. */
function open(
  session: ClientSession,
  channel: string,
  options: SubscribeOptions,
): Outcome<Subscription> {
  const { limits, namespaces } = session.context;
  if (session.state !== 'ready') return fail('not_available', 'the connection is not ready');
  if (!isValidChannelName(channel, limits.maxChannelLength)) {
    return fail('bad_request', 'a channel name has 1 to 255 characters and no control characters');
  }
  const rules = namespaces.resolve(channel);
  if (rules === undefined) return fail('unknown_channel');
  if (rules.isInternal && options.isServerSide !== true) return fail('permission_denied');
  if (session.subscription(channel) !== undefined) return fail('already_subscribed');
  if (session.subscriptions.length >= limits.maxChannelsPerConnection) {
    return fail('limit_exceeded', 'too many channels on this connection');
  }
  const subscription = new Subscription(session, { name: channel, rules }, options);
  subscription.channelInfo = options.info ?? options.grant?.info;
  session.addSubscription(subscription);
  return ok(subscription);
}

async function join(
  subscription: Subscription,
  options: SubscribeOptions,
  context: CoreContext,
): Promise<Outcome<SubscribeResult>> {
  const { subscriber, rules, name } = subscription;
  const { user } = subscriber;
  if (!subscription.isServerSide) {
    const { access, clock } = context;
    const nowMs = clock.now();
    const rule = rules.namespace.subscribe;
    const allowed = access.isAllowed({ rule, user, channel: name, grant: options.grant, nowMs });
    if (allowed === false || (allowed !== true && !(await allowed))) {
      return refusal(options, nowMs);
    }
    if (subscription.hasEnded()) return ended(subscription);
  }
  const channel = await context.hub.attach(subscription);
  const entry = rules.isPositioned
    ? await readEntry(subscription, { channel, from: options.recoverFrom }, context)
    : undefined;
  if (subscription.hasEnded()) return ended(subscription);
  if (rules.isPositioned && entry === undefined) {
    return fail('internal', 'the channel kept beginning anew');
  }
  const pendingData = context.policy.subscribeData(user, name);
  const data = pendingData === undefined ? undefined : await pendingData;
  if (subscription.hasEnded()) return ended(subscription);
  context.hub.goLive(subscription, entry === undefined ? -1 : entry.page.position.offset + 1);
  if (options.grant?.expiresAt !== undefined) scheduleExpiry(subscription, options.grant, context);
  if (options.recoverFrom !== undefined) countRecovery(context, entry?.recovery.hasRecovered);
  return ok(resultOf(subscription, { entry, data, options }));
}

interface Entry {
  readonly page: HistoryPage;
  readonly recovery: Recovery;
}

async function readEntry(
  subscription: Subscription,
  options: { readonly channel: Channel; readonly from: StreamPosition | undefined },
  context: CoreContext,
): Promise<Entry | undefined> {
  const { channel, from } = options;
  const { maxRecoveredPublications } = context.limits;
  for (let read = 0; read < MAX_HISTORY_READS && !subscription.hasEnded(); read += 1) {
    const { generation } = channel;
    const query =
      from === undefined ? { limit: 0 } : { since: from, limit: maxRecoveredPublications };
    const page = await context.broker.history(channel.name, query);
    if (channel.generation !== generation) continue;
    context.hub.adoptPosition(channel, page.position);
    const recovery =
      from === undefined
        ? { hasRecovered: false, publications: [] }
        : recoverFrom(from, page, maxRecoveredPublications);
    return { page, recovery };
  }
  return undefined;
}

function resultOf(
  subscription: Subscription,
  outcome: {
    readonly entry: Entry | undefined;
    readonly data: RawJson | undefined;
    readonly options: SubscribeOptions;
  },
): SubscribeResult {
  const { entry, data, options } = outcome;
  const expiresAt = options.grant?.expiresAt;
  const isPositioned = entry !== undefined;
  return {
    isRecoverable: isPositioned,
    isPositioned,
    wasRecovering: options.recoverFrom !== undefined,
    hasRecovered: entry?.recovery.hasRecovered ?? false,
    publications: visibleTo(subscription.subscriber.user, entry?.recovery.publications ?? []),
    ...(entry === undefined ? {} : { position: entry.page.position }),
    ...(data === undefined ? {} : { data }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function countRecovery(context: CoreContext, hasRecovered: boolean | undefined): void {
  const result = hasRecovered === true ? 'recovered' : 'missed';
  context.metrics.count('ws_recoveries_total', 1, { result });
}

function refusal(options: SubscribeOptions, nowMs: number): Outcome<never> {
  const expiresAt = options.grant?.expiresAt;
  const isExpired = expiresAt !== undefined && expiresAt * 1000 <= nowMs;
  return isExpired ? fail('token_expired') : fail('permission_denied');
}

function ended(subscription: Subscription): Outcome<never> {
  // It ended of itself where more was published meanwhile than could be kept for it.
  return subscription.isOverrun
    ? fail('internal', 'too much was published while subscribing')
    : fail('not_available', 'unsubscribed meanwhile');
}
