/** The queries of inbox-repository.ts. */
import type { Kysely } from 'kysely';
import type { NotificationTable, Schema } from './schema.ts';
import { statement } from './statement.ts';

interface Page {
  user: string;
  before: number;
  limit: number;
}

export const inboxState = statement((db, p: { user: string }) =>
  db.selectFrom('inbox_state').selectAll().where('user_id', '=', p.user),
);

/** The same, locked against other writers until the commit. */
export const inboxStateForChange = statement((db, p: { user: string }) =>
  db.selectFrom('inbox_state').selectAll().where('user_id', '=', p.user).forNoKeyUpdate(),
);

/** Makes the row with the first notification; hands out the next seq. */
export const countOneMore = statement((db, p: { user: string }) =>
  db
    .insertInto('inbox_state')
    .values({ user_id: p.user, last_seq: 1, rev: 1, unread: 1, unseen: 1, total: 1 })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet((is) => ({
        last_seq: is('inbox_state.last_seq', '+', 1),
        rev: is('inbox_state.rev', '+', 1),
        unread: is('inbox_state.unread', '+', 1),
        unseen: is('inbox_state.unseen', '+', 1),
        total: is('inbox_state.total', '+', 1),
      })),
    )
    .returningAll(),
);

export const addToCounts = statement(
  (db, p: { user: string; unread: number; unseen: number; total: number }) =>
    db
      .updateTable('inbox_state')
      .set((is) => ({
        rev: is('rev', '+', 1),
        unread: is('unread', '+', p.unread),
        unseen: is('unseen', '+', p.unseen),
        total: is('total', '+', p.total),
      }))
      .where('user_id', '=', p.user)
      .returningAll(),
);

export const insertNotification = statement((db, p: NotificationTable) =>
  db.insertInto('notification').values({
    user_id: p.user_id,
    seq: p.seq,
    id: p.id,
    title: p.title,
    content: p.content,
    type: p.type,
    link: p.link,
    source: p.source,
    data: p.data,
    dedupe_key: p.dedupe_key,
    created_at: p.created_at,
    seen_at: p.seen_at,
    read_at: p.read_at,
    archived_at: p.archived_at,
  }),
);

export const notificationById = statement((db, p: { user: string; id: string }) =>
  inbox(db, p.user).where('id', '=', p.id),
);

export const notificationByDedupeKey = statement((db, p: { user: string; dedupeKey: string }) =>
  inbox(db, p.user).where('dedupe_key', '=', p.dedupeKey),
);

/** One page of each filter, newest first. */
export const notificationPages = {
  all: statement((db, p: Page) => pageOf(db, p).where('archived_at', 'is', null)),
  unread: statement((db, p: Page) =>
    pageOf(db, p).where('archived_at', 'is', null).where('read_at', 'is', null),
  ),
  archived: statement((db, p: Page) => pageOf(db, p).where('archived_at', 'is not', null)),
};

export const notificationsAfter = statement(
  (db, p: { user: string; after: number; limit: number }) =>
    inbox(db, p.user).where('seq', '>', p.after).orderBy('seq').limit(p.limit),
);

export const allPresent = statement((db, p: { user: string }) =>
  inbox(db, p.user).where('archived_at', 'is', null).orderBy('seq'),
);

export const allArchived = statement((db, p: { user: string }) =>
  inbox(db, p.user).where('archived_at', 'is not', null).orderBy('seq'),
);

export const updateMarks = statement(
  (
    db,
    p: {
      user: string;
      seq: number;
      seen_at: number | null;
      read_at: number | null;
      archived_at: number | null;
    },
  ) =>
    db
      .updateTable('notification')
      .set({ seen_at: p.seen_at, read_at: p.read_at, archived_at: p.archived_at })
      .where('user_id', '=', p.user)
      .where('seq', '=', p.seq),
);

const inbox = (db: Kysely<Schema>, user: string) =>
  db.selectFrom('notification').selectAll().where('user_id', '=', user);

const pageOf = (db: Kysely<Schema>, p: Page) =>
  inbox(db, p.user).where('seq', '<', p.before).orderBy('seq', 'desc').limit(p.limit);
