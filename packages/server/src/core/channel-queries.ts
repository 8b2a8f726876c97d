/** What a connection may ask of a channel: presence and history. Open to its subscribers and to whoever could subscribe. */
import { fail, ok } from '@carillon/protocol';
import type { ClientInfo, Outcome } from '@carillon/protocol';
import type { HistoryPage, HistoryQuery } from '../ports/broker.ts';
import type { PresenceStats } from '../ports/presence-store.ts';
import type { ChannelRules } from './namespaces.ts';
import { visibleTo } from './recovery.ts';
import type { ClientSession } from './session.ts';

export function readPresence(
  session: ClientSession,
  channel: string,
): Promise<Outcome<readonly ClientInfo[]>> {
  return guard(session, async () => {
    const allowed = await authorise(session, channel);
    if (!allowed.ok) return allowed;
    if (!allowed.value.namespace.hasPresence) return fail('not_available');
    return ok(await session.context.presenceStore.list(channel));
  });
}

export function readPresenceStats(
  session: ClientSession,
  channel: string,
): Promise<Outcome<PresenceStats>> {
  return guard(session, async () => {
    const allowed = await authorise(session, channel);
    if (!allowed.ok) return allowed;
    if (!allowed.value.namespace.hasPresence) return fail('not_available');
    return ok(await session.context.presenceStore.stats(channel));
  });
}

export function readHistory(
  session: ClientSession,
  channel: string,
  query: HistoryQuery,
): Promise<Outcome<HistoryPage>> {
  const { broker, limits } = session.context;
  const max = limits.maxHistoryPage;
  const limit = query.limit < 0 ? max : Math.min(query.limit, max);
  return guard(session, async () => {
    const allowed = await authorise(session, channel);
    if (!allowed.ok) return allowed;
    if (allowed.value.namespace.historySize <= 0) return fail('not_available');
    const { position, publications } = await broker.history(channel, { ...query, limit });
    if (query.since !== undefined && query.since.epoch !== position.epoch) {
      return fail('unrecoverable_position');
    }
    return ok({ position, publications: visibleTo(session.user, publications) });
  });
}

async function authorise(session: ClientSession, channel: string): Promise<Outcome<ChannelRules>> {
  const { context, user } = session;
  if (session.state !== 'ready') return fail('not_available', 'the connection is not ready');
  const rules = context.namespaces.resolve(channel);
  if (rules === undefined) return fail('unknown_channel');
  if (session.subscription(channel)?.state === 'live') return ok(rules);
  if (rules.isInternal) return fail('permission_denied');
  const rule = rules.namespace.subscribe;
  const nowMs = context.clock.now();
  const isAllowed = await context.access.isAllowed({ rule, user, channel, nowMs });
  return isAllowed ? ok(rules) : fail('permission_denied');
}

async function guard<T>(
  session: ClientSession,
  read: () => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  try {
    return await read();
  } catch (error) {
    session.context.failures.write('error', { err: error }, 'a channel could not be read');
    return fail('internal');
  }
}
