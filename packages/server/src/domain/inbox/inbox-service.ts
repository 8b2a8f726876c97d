/** A person's notifications: stored, then told; read state and counts that are the same everywhere. */
import { fail, ok, type Outcome, type RawJson } from '@carillon/protocol';
import type { PublishResult } from '../../ports/broker.ts';
import type { Random } from '../../ports/clock.ts';
import type {
  InboxCounts,
  InboxFilter,
  InboxMark,
  NewNotification,
  Notification,
} from '../../ports/inbox-store.ts';
import type { Store } from '../../ports/store.ts';
import type { Announcer } from '../announcer.ts';
import { userChannel } from '../channels.ts';
import type { CoreLink } from '../core-link.ts';
import { checkJson, checkUser, checkUsers, pageSize } from '../input-rules.ts';
import type { DomainLimits } from '../limits.ts';
import type { Deliverer } from '../push/delivery.ts';
import { usersAway } from '../push/push-policy.ts';
import { storing } from '../storing.ts';
import { countsFrame, markedFrame } from './inbox-frames.ts';
import { checkNotice } from './notice-rules.ts';
import type { NotificationDelivery } from './notification-delivery.ts';

export interface Notice {
  readonly title: string;
  /** @default '' */
  readonly content?: string;
  /** info, success, warning, error, or the app's own. @default 'info' */
  readonly type?: string;
  readonly link?: string;
  readonly source?: string;
  readonly data?: RawJson;
  /** Unique per user: a second notification with it is neither stored nor told. */
  readonly dedupeKey?: string;
}

export interface Accepted {
  /** Shared by all recipients' copies; of the stored one when everybody had it by its dedupeKey. */
  readonly id: string;
  /** People who have it now for the first time. */
  readonly accepted: number;
}

export interface NotificationPage {
  readonly items: readonly Notification[];
  readonly next?: string;
}

/** Failures: `invalid_field`, `too_long`, `too_many`, `storage_unavailable`. None rejects for an expected reason. */
export interface InboxService {
  /** Stored for all in one transaction, then told in `user:<id>`; those who are away get a push. */
  notify(notice: Notice, users: readonly string[]): Promise<Outcome<Accepted>>;
  /** Newest first. `filter` default `all` (without archived), `limit` 1–100, default 50. */
  list(
    user: string,
    query: { readonly filter?: InboxFilter; readonly cursor?: string; readonly limit?: number },
  ): Promise<Outcome<NotificationPage>>;
  /** Ascending by seq, for a stream that resumes; at most `limit`. */
  listAfter(user: string, seq: number, limit: number): Promise<Outcome<readonly Notification[]>>;
  /** Ids of others are not touched. Other devices learn it as `notification.updated` and `counts`. */
  mark(
    user: string,
    ids: readonly string[] | 'all',
    mark: InboxMark,
  ): Promise<Outcome<{ readonly changedIds: readonly string[]; readonly counts: InboxCounts }>>;
  counts(user: string): Promise<Outcome<InboxCounts>>;
  /** Any JSON object, unchanged, to all of the user's connections. Not stored, no push. */
  eventFor(user: string, event: RawJson): Promise<Outcome<PublishResult>>;
}

export interface InboxServiceDeps {
  readonly store: Pick<Store, 'chat' | 'inbox'>;
  readonly core: CoreLink;
  readonly announcer: Announcer;
  readonly deliverer: Deliverer;
  readonly delivery: NotificationDelivery;
  readonly random: Random;
  readonly limits: DomainLimits;
}

/** Longer lists of changed ids are told as "all": a client then reads its list again. */
const TOLD_IDS = 200;

export function createInboxService(deps: InboxServiceDeps): InboxService {
  return new Inbox(deps);
}

class Inbox implements InboxService {
  readonly #deps: InboxServiceDeps;

  constructor(deps: InboxServiceDeps) {
    this.#deps = deps;
  }

  async notify(notice: Notice, users: readonly string[]): Promise<Outcome<Accepted>> {
    const { core, limits, random, store } = this.#deps;
    const recipients = [...new Set(users)];
    if (recipients.length === 0) return fail('invalid_field', 'users is empty: name at least one');
    const refused =
      checkUsers(recipients, { field: 'users', max: limits.usersPerNotify, limits }) ??
      checkNotice(notice, limits);
    if (refused !== undefined) return refused;
    return storing(async () => {
      const id = random.id();
      const pushTo = await usersAway(recipients, core.registry);
      const added = await store.inbox.addNotifications(stored(id, notice), recipients, pushTo);
      const away = new Set(pushTo);
      await Promise.all(
        added.map(async ({ notification, counts, outboxId }) => {
          if (outboxId === undefined) return;
          const pushed = away.has(notification.user) ? [notification.user] : [];
          const delivery = this.#deps.delivery.of(notification, counts);
          await this.#deps.deliverer.deliver(outboxId, delivery, pushed);
        }),
      );
      const accepted = added.filter(({ isNew }) => isNew).length;
      return ok({ id: accepted > 0 ? id : (added[0]?.notification.id ?? id), accepted });
    });
  }

  async list(
    user: string,
    query: { readonly filter?: InboxFilter; readonly cursor?: string; readonly limit?: number },
  ): Promise<Outcome<NotificationPage>> {
    const refused = checkUser(user, this.#deps.limits);
    if (refused !== undefined) return refused;
    const limit = pageSize(query.limit, { fallback: 50, max: this.#deps.limits.pageItems });
    return storing(async () =>
      ok(
        await this.#deps.store.inbox.listNotifications(user, {
          filter: query.filter ?? 'all',
          limit,
          ...(query.cursor !== undefined && { cursor: query.cursor }),
        }),
      ),
    );
  }

  listAfter(user: string, seq: number, limit: number): Promise<Outcome<readonly Notification[]>> {
    return storing(async () => ok(await this.#deps.store.inbox.listAfter(user, seq, limit)));
  }

  async mark(
    user: string,
    ids: readonly string[] | 'all',
    mark: InboxMark,
  ): Promise<Outcome<{ readonly changedIds: readonly string[]; readonly counts: InboxCounts }>> {
    const max = this.#deps.limits.idsPerCall;
    if (ids !== 'all' && ids.length > max) {
      return fail('too_many', `ids has ${ids.length} entries: send at most ${max}, or "all"`);
    }
    return storing(async () => {
      const marked = await this.#deps.store.inbox.markNotifications(user, ids, mark);
      if (marked.changedIds.length > 0) await this.#tellMarked(user, mark, marked);
      return ok(marked);
    });
  }

  counts(user: string): Promise<Outcome<InboxCounts>> {
    return storing(async () => ok(await this.#deps.store.inbox.counts(user)));
  }

  async eventFor(user: string, event: RawJson): Promise<Outcome<PublishResult>> {
    const { announcer, limits } = this.#deps;
    const refused = checkUser(user, limits) ?? checkJson(event, { field: 'event', limits });
    if (refused !== undefined) return refused;
    if (!event.trimStart().startsWith('{')) {
      return fail('invalid_field', 'the event is not a JSON object: wrap it in {}');
    }
    return announcer.publish({ kind: 'event', channel: userChannel(user), data: event });
  }

  /** Only native clients know these shapes. */
  async #tellMarked(
    user: string,
    mark: InboxMark,
    {
      changedIds,
      counts,
    }: { readonly changedIds: readonly string[]; readonly counts: InboxCounts },
  ): Promise<void> {
    const { announcer } = this.#deps;
    const channel = userChannel(user);
    const ids = changedIds.length <= TOLD_IDS ? changedIds : 'all';
    const options = { nativeOnly: true };
    await Promise.all([
      announcer.publish({ kind: 'mark', channel, data: markedFrame(ids, mark), options }),
      announcer.publish({ kind: 'counts', channel, data: countsFrame(counts), options }),
    ]);
  }
}

const stored = (id: string, notice: Notice): NewNotification => ({
  ...notice,
  id,
  title: notice.title.toWellFormed(),
  content: (notice.content ?? '').toWellFormed(),
  type: notice.type ?? 'info',
});
