/**
 * From a subscribe command to a live subscription:
 *
 *   check and authorise → keep what is published from here on → read history → go live
 *
 * so that between history and the live stream nothing is missing and nothing comes twice. Wherever
 * something is waited for the subscription may end (unsubscribe, disconnect); each step looks.
 */
import { fail, ok } from '@carillon/protocol';
import type { Outcome, RawJson, StreamPosition } from '@carillon/protocol';
import type { HistoryPage } from '../ports/broker.ts';
import { after } from '../ports/eventually.ts';
import type { Eventually } from '../ports/eventually.ts';
import type { SubscribeOptions, SubscribeResult } from '../ports/connection-handler.ts';
import type { Channel } from './channel.ts';
import type { CoreContext } from './core-context.ts';
import { isValidChannelName } from './namespaces.ts';
import { recoverFrom, visibleTo } from './recovery.ts';
import type { Recovery } from './recovery.ts';
import type { ClientSession } from './session.ts';
import { scheduleExpiry } from './subscription-expiry.ts';
import { Subscription, UNPOSITIONED } from './subscription.ts';

/** Streams that begin anew while somebody subscribes are read again, but not for ever. */
const MAX_HISTORY_READS = 3;

export function subscribe(
  session: ClientSession,
  channel: string,
  options: SubscribeOptions,
): Eventually<Outcome<SubscribeResult>> {
  const opened = open(session, channel, options);
  if (!opened.ok) return opened;
  const subscription = opened.value;
  const finish = (joined: Outcome<SubscribeResult>): Outcome<SubscribeResult> => {
    if (!joined.ok) session.endSubscription(subscription, false);
    return joined;
  };
  const giveUp = (error: unknown): Outcome<never> => {
    session.endSubscription(subscription, false);
    session.context.failures.write('error', { err: error, channel }, 'subscribe failed');
    return fail('internal');
  };
  try {
    const joined = join(subscription, options, session.context);
    return joined instanceof Promise ? joined.then(finish).catch(giveUp) : finish(joined);
  } catch (error) {
    return giveUp(error);
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

function join(
  subscription: Subscription,
  options: SubscribeOptions,
  context: CoreContext,
): Eventually<Outcome<SubscribeResult>> {
  return after(authorise(subscription, options, context), (refused) => {
    if (refused !== undefined) return refused;
    if (subscription.hasEnded()) return ended(subscription);
    return after(context.hub.attach(subscription), (channel) =>
      enter(subscription, { channel, options }, context),
    );
  });
}

/** Undefined: allowed. */
function authorise(
  subscription: Subscription,
  options: SubscribeOptions,
  { access, clock }: CoreContext,
): Eventually<Outcome<never> | undefined> {
  if (subscription.isServerSide) return undefined;
  const { subscriber, rules, name } = subscription;
  const nowMs = clock.now();
  const rule = rules.namespace.subscribe;
  const { grant } = options;
  const { user } = subscriber;
  return after(access.isAllowed({ rule, user, channel: name, grant, nowMs }), (isAllowed) =>
    isAllowed ? undefined : refusal(options, nowMs),
  );
}

interface Entering {
  readonly channel: Channel;
  readonly options: SubscribeOptions;
}

function enter(
  subscription: Subscription,
  { channel, options }: Entering,
  context: CoreContext,
): Eventually<Outcome<SubscribeResult>> {
  const { isPositioned } = subscription.rules;
  const reading = { channel, from: options.recoverFrom, attempt: 0 };
  const read = isPositioned ? readOrStandIn(subscription, reading, context) : undefined;
  return after(read, (entry) => {
    if (subscription.hasEnded()) return ended(subscription);
    if (isPositioned && entry === undefined) {
      return fail('internal', 'the channel kept beginning anew');
    }
    const { subscriber, name } = subscription;
    return after(context.policy.subscribeData(subscriber.user, name), (data) =>
      subscription.hasEnded()
        ? ended(subscription)
        : goLive(subscription, { entry, data, options }, context),
    );
  });
}

function goLive(
  subscription: Subscription,
  outcome: JoinOutcome,
  context: CoreContext,
): Outcome<SubscribeResult> {
  const { entry, options } = outcome;
  context.hub.goLive(subscription, firstOffsetOf(entry));
  if (options.grant?.expiresAt !== undefined) scheduleExpiry(subscription, options.grant, context);
  if (options.recoverFrom !== undefined) countRecovery(context, entry?.recovery.hasRecovered);
  return ok(resultOf(subscription, outcome));
}

interface Entry {
  readonly page: HistoryPage;
  readonly recovery: Recovery;
  /** The position is none: it stands for one until the broker can be asked. */
  readonly isProvisional?: true;
}

interface Reading {
  readonly channel: Channel;
  readonly from: StreamPosition | undefined;
  readonly attempt: number;
}

function firstOffsetOf(entry: Entry | undefined): number | 'provisional' {
  if (entry === undefined) return UNPOSITIONED;
  return entry.isProvisional === true ? 'provisional' : entry.page.position.offset + 1;
}

/** A broker that is away keeps nobody from subscribing: what this node's own publish still arrives. */
function readOrStandIn(
  subscription: Subscription,
  reading: Reading,
  context: CoreContext,
): Eventually<Entry | undefined> {
  const giveStandIn = (error: unknown): Entry => {
    const { channel, from } = reading;
    const fields = { err: error, channel: channel.name };
    context.failures.write('warn', fields, 'subscribed without history');
    return standInFor(channel, from);
  };
  try {
    const read = readEntry(subscription, reading, context);
    return read instanceof Promise ? read.catch(giveStandIn) : read;
  } catch (error) {
    return giveStandIn(error);
  }
}

/** Where others on this node follow the channel, its position is known; else nothing is. */
function standInFor(channel: Channel, from: StreamPosition | undefined): Entry {
  const known = channel.position;
  const position = known ?? NO_POSITION;
  const hasRecovered =
    known !== undefined && from?.epoch === known.epoch && from.offset === known.offset;
  const entry = {
    page: { position, publications: [] },
    recovery: { ...NOT_RECOVERED, hasRecovered },
  };
  return known === undefined ? { ...entry, isProvisional: true } : entry;
}

function readEntry(
  subscription: Subscription,
  reading: Reading,
  context: CoreContext,
): Eventually<Entry | undefined> {
  const { channel, from, attempt } = reading;
  if (attempt === MAX_HISTORY_READS || subscription.hasEnded()) return undefined;
  const { maxRecoveredPublications } = context.limits;
  const { generation } = channel;
  const query =
    from === undefined ? { limit: 0 } : { since: from, limit: maxRecoveredPublications };
  return after(context.broker.history(channel.name, query), (page) => {
    if (channel.generation !== generation) {
      return readEntry(subscription, { ...reading, attempt: attempt + 1 }, context);
    }
    context.hub.adoptPosition(channel, page.position);
    const recovery =
      from === undefined ? NOT_RECOVERED : recoverFrom(from, page, maxRecoveredPublications);
    return { page, recovery };
  });
}

/** The epoch of no stream: whoever asks to continue from it is told that this cannot be. */
const NO_POSITION: StreamPosition = { epoch: '', offset: 0 };
const NOT_RECOVERED: Recovery = { hasRecovered: false, publications: [] };

interface JoinOutcome {
  readonly entry: Entry | undefined;
  readonly data: RawJson | undefined;
  readonly options: SubscribeOptions;
}

function resultOf(subscription: Subscription, outcome: JoinOutcome): SubscribeResult {
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
