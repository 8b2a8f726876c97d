/** Gives one row's pushes to every sender, and says who is left. Knows nothing of rows and retries. */
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Push, PushResult, PushSender } from '../../ports/push-sender.ts';
import type { Delivery } from './delivery.ts';
import { parseTarget, targetFor, type PushTarget } from './remaining.ts';

export interface DispatchResult {
  /** Entries for the next try; empty when everybody was served or given up. */
  readonly left: readonly string[];
  /** The longest pause that a sender asked for. */
  readonly afterMs?: number;
  readonly reason?: string;
}

export interface PushDispatcher {
  /** Never rejects. */
  dispatch(delivery: Delivery, entries: readonly string[]): Promise<DispatchResult>;
}

export interface PushDispatcherDeps {
  readonly senders: readonly PushSender[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly concurrency: number;
}

interface Retry {
  readonly entry: string;
  readonly reason: string;
  readonly afterMs?: number;
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Without those who came back: asked once for all of them. */
async function stillWanted(
  delivery: Delivery,
  entries: readonly string[],
): Promise<readonly PushTarget[]> {
  const targets = entries.map(parseTarget).filter((target) => target !== undefined);
  if (delivery.stillAway === undefined || targets.length === 0) return targets;
  const users = [...new Set(targets.map(({ user }) => user))];
  const away = new Set(await delivery.stillAway(users));
  return targets.filter(({ user }) => away.has(user));
}

export function createPushDispatcher(deps: PushDispatcherDeps): PushDispatcher {
  const { senders, logger, metrics } = deps;

  const send = async (sender: PushSender, push: Push): Promise<PushResult> => {
    try {
      return await sender.send(push);
    } catch (error) {
      return { type: 'retry', reason: reasonOf(error) };
    }
  };

  const attempt = async (sender: PushSender, push: Push): Promise<Retry | undefined> => {
    const result = await send(sender, push);
    metrics.count('push_total', 1, { provider: sender.name, result: result.type });
    if (result.type === 'delivered') return undefined;
    const fields = { provider: sender.name, user: push.user, id: push.id, reason: result.reason };
    if (result.type === 'dropped') {
      logger.warn(fields, 'push dropped');
      return undefined;
    }
    logger.warn(fields, 'push failed, will be tried again');
    const { reason, afterMs } = result;
    const entry = targetFor(push.user, sender.name);
    return { entry, reason, ...(afterMs !== undefined && { afterMs }) };
  };

  const serve = async (delivery: Delivery, target: PushTarget): Promise<readonly Retry[]> => {
    const wanted = senders.filter(
      ({ name }) => target.sender === undefined || target.sender === name,
    );
    let push: Push | undefined;
    try {
      push = await delivery.pushFor(target.user);
    } catch (error) {
      const reason = reasonOf(error);
      return wanted.map(({ name }) => ({ entry: targetFor(target.user, name), reason }));
    }
    if (push === undefined) return [];
    const known = push;
    const retries = await Promise.all(wanted.map((sender) => attempt(sender, known)));
    return retries.filter((retry) => retry !== undefined);
  };

  return {
    async dispatch(delivery, entries) {
      const targets = await stillWanted(delivery, entries);
      const retries: Retry[] = [];
      for (let from = 0; from < targets.length; from += deps.concurrency) {
        const group = targets.slice(from, from + deps.concurrency);
        const served = await Promise.all(group.map((target) => serve(delivery, target)));
        retries.push(...served.flat());
      }
      const last = retries.at(-1);
      if (last === undefined) return { left: [] };
      const pauses = retries.map(({ afterMs }) => afterMs).filter((ms) => ms !== undefined);
      return {
        left: retries.map(({ entry }) => entry),
        reason: last.reason,
        ...(pauses.length > 0 && { afterMs: Math.max(...pauses) }),
      };
    },
  };
}
