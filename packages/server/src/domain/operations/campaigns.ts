/**
 * A notice to very many people: sent in portions, one after the other, by a task that tells how far
 * it is and can be cancelled. The task is stored, so any process shows it; the sending itself
 * lives in this process, and one that ends says in the task how far it came. Everybody gets the notice
 * under one dedupe key, so that sending it again reaches only those who were not reached.
 *
 *   start ─▶ portion ─▶ portion ─▶ … ─▶ completed
 *               └─ cancel asked ─▶ cancelled      └─ store away too long, or shutdown ─▶ failed
 */
import { fail, type Outcome } from '@carillon/protocol';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { OperatorStore } from '../../ports/operator-store.ts';
import type { ConnectionRegistry } from '../../ports/server-api.ts';
import type { Task } from '../../ports/task-store.ts';
import type { InboxService, Notice } from '../inbox/inbox-service.ts';
import { checkNotice } from '../inbox/notice-rules.ts';
import type { DomainLimits } from '../limits.ts';
import { storing } from '../storing.ts';
import type { TaskService } from '../tasks/task-service.ts';

/** Some by name, all who are connected, or all who are known or connected. */
export type Audience =
  | { readonly type: 'users'; readonly users: readonly string[] }
  | { readonly type: 'online' }
  | { readonly type: 'everybody' };

export interface Campaigns {
  /** Resolves when the task is stored; the sending goes on. */
  start(notice: Notice, audience: Audience, owner: string): Promise<Outcome<Task>>;
  /** Ends what is under way, and says so in its tasks. */
  stop(): Promise<void>;
}

export interface CampaignsDeps {
  readonly inbox: Pick<InboxService, 'notify'>;
  readonly tasks: Pick<TaskService, 'start' | 'progress' | 'complete' | 'fail' | 'confirmCancel'>;
  readonly operatorStore: Pick<OperatorStore, 'listUsers' | 'countUsers'>;
  readonly registry: Pick<ConnectionRegistry, 'totals'>;
  readonly clock: Pick<Clock, 'after'>;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits: DomainLimits;
  /** Recipients told at once. @default 500 */
  readonly portion?: number;
}

/** Owns what is done with the operators' password or an API key: nobody, and nobody's notices. */
export const OPERATOR = '$console';

const PORTION = 500;
/** At once in this process; each waits for its own portions only. */
const MAX_CAMPAIGNS = 4;
/** The store is away: a pause after each failed try of a portion. */
const RETRY_PAUSES_MS = [1_000, 5_000, 15_000, 30_000];
/** Of notices without a source of their own. */
const SOURCE = 'console';

interface Campaign {
  readonly task: Task;
  readonly notice: Notice;
  readonly portions: AsyncIterable<readonly string[]>;
}

type Ending = 'completed' | 'cancelled' | 'stopped' | { readonly failed: string };

export function createCampaigns(deps: CampaignsDeps): Campaigns {
  return new RunningCampaigns(deps);
}

class RunningCampaigns implements Campaigns {
  readonly #deps: CampaignsDeps;
  readonly #running = new Set<Promise<void>>();
  readonly #stopped = Promise.withResolvers<'stopped'>();
  #isStopped = false;

  constructor(deps: CampaignsDeps) {
    this.#deps = deps;
  }

  async start(notice: Notice, audience: Audience, owner: string): Promise<Outcome<Task>> {
    const { limits, random, tasks } = this.#deps;
    const refused = checkNotice(notice, limits);
    if (refused !== undefined) return refused;
    if (this.#isStopped) return fail('shutting_down');
    if (this.#running.size >= MAX_CAMPAIGNS) {
      return fail('too_many_requests', `${MAX_CAMPAIGNS} notices are being sent already`);
    }
    const id = `notify-${random.id()}`;
    return storing(async () => {
      const { total, portions } = await this.#recipients(audience);
      const started = await tasks.start({ id, owner, title: notice.title, totalSteps: total });
      if (!started.ok) return started;
      const { task } = started.value;
      const sent = {
        ...notice,
        source: notice.source ?? SOURCE,
        dedupeKey: notice.dedupeKey ?? id,
      };
      this.#run({ task, notice: sent, portions });
      return { ok: true, value: task };
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopped.resolve('stopped');
    await Promise.all(this.#running);
  }

  #run(campaign: Campaign): void {
    const { logger } = this.#deps;
    const running = this.#send(campaign)
      .catch((error: unknown) => {
        logger.error({ err: error, task: campaign.task.id }, 'a notice to many was not finished');
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #send(campaign: Campaign): Promise<void> {
    const { tasks, logger } = this.#deps;
    const { id, totalSteps } = campaign.task;
    const tally = { step: 0, accepted: 0 };
    const ending = await this.#sendPortions(campaign, tally);
    const sofar = `${tally.step} of ${Math.max(tally.step, totalSteps)}`;
    const result = JSON.stringify({ told: tally.step, accepted: tally.accepted });
    logger.info({ task: id, ending, ...tally }, 'notice to many ended');
    if (ending === 'completed') await tasks.complete(id, { result });
    else if (ending === 'cancelled') await tasks.confirmCancel(id, { message: sofar });
    else if (ending === 'stopped') {
      await tasks.fail(id, { message: `the server was stopped after ${sofar}` });
    } else await tasks.fail(id, { message: `${ending.failed} (after ${sofar})` });
  }

  async #sendPortions(
    { task, notice, portions }: Campaign,
    tally: { step: number; accepted: number },
  ): Promise<Ending> {
    const { tasks } = this.#deps;
    try {
      for await (const portion of portions) {
        if (this.#isStopped) return 'stopped';
        const told = await this.#tell(notice, portion);
        if (told === 'stopped') return 'stopped';
        if (!told.ok) return { failed: told.message ?? told.error };
        tally.step += portion.length;
        tally.accepted += told.value.accepted;
        const moved = await tasks.progress(task.id, { step: tally.step });
        if (moved.ok && moved.value.isCancelRequested) return 'cancelled';
      }
      return 'completed';
    } catch (error) {
      return { failed: error instanceof Error ? error.message : String(error) };
    }
  }

  /** A repeat harms nobody: the dedupe key lets everybody have it once. */
  async #tell(
    notice: Notice,
    portion: readonly string[],
  ): Promise<Awaited<ReturnType<InboxService['notify']>> | 'stopped'> {
    for (const pauseMs of RETRY_PAUSES_MS) {
      const told = await this.#deps.inbox.notify(notice, portion);
      if (told.ok || told.error !== 'storage_unavailable') return told;
      if ((await this.#pause(pauseMs)) === 'stopped') return 'stopped';
    }
    return this.#deps.inbox.notify(notice, portion);
  }

  #pause(ms: number): Promise<'stopped' | 'over'> {
    const over = Promise.withResolvers<'over'>();
    const cancel = this.#deps.clock.after(ms, () => over.resolve('over'));
    return Promise.race([this.#stopped.promise, over.promise]).finally(cancel);
  }

  async #recipients(
    audience: Audience,
  ): Promise<{ total: number; portions: AsyncIterable<readonly string[]> }> {
    const { operatorStore, limits } = this.#deps;
    const portion = Math.min(this.#deps.portion ?? PORTION, limits.usersPerNotify);
    if (audience.type === 'users') {
      const users = [...new Set(audience.users)];
      return { total: users.length, portions: portionsOf(users, portion) };
    }
    const online = await this.#online();
    if (audience.type === 'online') {
      return { total: online.size, portions: portionsOf([...online], portion) };
    }
    const known = await operatorStore.countUsers();
    const total = Math.max(known, online.size);
    return { total, portions: everybody(operatorStore, online, portion) };
  }

  async #online(): Promise<Set<string>> {
    const { byUser } = await this.#deps.registry.totals();
    return new Set(byUser.keys());
  }
}

async function* portionsOf(
  users: readonly string[],
  size: number,
): AsyncIterable<readonly string[]> {
  for (let from = 0; from < users.length; from += size) yield users.slice(from, from + size);
}

/** Those the store knows, then those who are connected and unknown to it. */
async function* everybody(
  store: Pick<OperatorStore, 'listUsers'>,
  online: Set<string>,
  size: number,
): AsyncIterable<readonly string[]> {
  let after: string | undefined;
  for (;;) {
    const users = await store.listUsers({ limit: size, ...(after !== undefined && { after }) });
    for (const user of users) online.delete(user);
    const people = users.filter((user) => user !== OPERATOR);
    if (people.length > 0) yield people;
    after = users.at(-1);
    if (users.length < size) break;
  }
  yield* portionsOf([...online], size);
}
