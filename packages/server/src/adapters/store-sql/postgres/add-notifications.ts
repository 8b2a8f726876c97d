/**
 * Stores notifications of several calls, for any number of users, with one statement. The counts of
 * an inbox are its lock; users are taken in one order by all processes. No user stands twice in one
 * group (postgres-store.ts).
 */
import type { AddedNotification, NewNotification } from '../../../ports/inbox-store.ts';
import { toNotification } from '../inbox-repository.ts';
import type { NotificationTable } from '../schema.ts';
import { storable } from './storable-text.ts';
import type { Connection } from './postgres-executor.ts';

export interface NotificationsToAdd {
  readonly input: NewNotification;
  /** Each once. */
  readonly users: readonly string[];
  readonly pushTo: readonly string[];
  /** ms since 1970. */
  readonly now: number;
  readonly leasedUntil: number;
}

const ADD = `
with calls as materialized (
  select * from json_to_recordset($1::json) as x(call int, id text, title text, content text,
    type text, link text, source text, data text, dedupe_key text, at bigint, leased_until bigint)
), input as materialized (
  select r.n, r.user_id, r.push_to, calls.*
  from json_to_recordset($2::json) as r(n int, for_call int, user_id text, push_to text)
  join calls on calls.call = r.for_call
), known as materialized (
  select input.n, m.* from input cross join lateral (
    select * from (
      (select 1 as priority, notification.* from notification
        where user_id = input.user_id and dedupe_key = input.dedupe_key limit 1)
      union all
      (select 2 as priority, notification.* from notification
        where user_id = input.user_id and id = input.id limit 1)
    ) found order by priority limit 1) m
), fresh as materialized (
  select * from input where n not in (select n from known)
), states as (
  insert into inbox_state as own (user_id, last_seq, rev, unread, unseen, total)
  select user_id, 1, 1, 1, 1, 1 from fresh order by user_id collate "C"
  on conflict (user_id) do update set last_seq = own.last_seq + 1, rev = own.rev + 1,
    unread = own.unread + 1, unseen = own.unseen + 1, total = own.total + 1
  returning *
), placed as materialized (
  select fresh.*, states.last_seq as seq, states.rev, states.unread, states.unseen, states.total,
    nextval('outbox_id_seq') as outbox_id
  from fresh join states on states.user_id = fresh.user_id order by n
), stored as (
  insert into notification (user_id, seq, id, title, content, type, link, source, data, dedupe_key,
    created_at)
  select user_id, seq, id, title, content, type, link, source, data, dedupe_key, at from placed
), noted as (
  insert into outbox (id, kind, reference, push_to, due_at, leased_until, created_at)
  select outbox_id, 'notification', json_build_object('user', user_id, 'id', id)::text,
    push_to, at, leased_until, at
  from placed
)
select n, outbox_id, seq, id, title, content, type, link, source, data, at as created_at,
  null::bigint as seen_at, null::bigint as read_at, null::bigint as archived_at,
  unread, unseen, total, rev from placed
union all
select n, null, seq, id, title, content, type, link, source, data, created_at,
  seen_at, read_at, archived_at, s.unread, s.unseen, s.total, s.rev
from known join inbox_state s on s.user_id = known.user_id
order by n`;

interface AddedRow extends Omit<NotificationTable, 'dedupe_key' | 'user_id'> {
  readonly n: number;
  /** Null: it had been stored before. */
  readonly outbox_id: number | null;
  readonly unread: number;
  readonly unseen: number;
  readonly total: number;
  readonly rev: number;
}

/** For each call what was added for each of its users. */
export async function addNotifications(
  connection: Connection,
  calls: readonly NotificationsToAdd[],
): Promise<readonly (readonly AddedNotification[])[]> {
  const recipients = calls.flatMap(({ users, pushTo }, call) => {
    const pushed = new Set(pushTo);
    return users.map((user) => ({ call, user, isPushed: pushed.has(user) }));
  });
  const rows = await connection.query<AddedRow>({
    name: 'carillon_notify',
    text: ADD,
    values: [JSON.stringify(calls.map(toCall)), JSON.stringify(recipients.map(toRecipient))],
  });
  if (rows.length !== recipients.length) throw new Error('the database left a recipient out');
  const added: AddedNotification[][] = calls.map(() => []);
  for (const [n, { call, user }] of recipients.entries()) {
    const row = rows[n];
    if (row !== undefined) added[call]?.push(toAdded(user, row));
  }
  return added;
}

const toCall = ({ input, now, leasedUntil }: NotificationsToAdd, call: number): object => ({
  call,
  id: storable(input.id),
  title: storable(input.title),
  content: storable(input.content),
  type: storable(input.type),
  link: orNull(input.link),
  source: orNull(input.source),
  data: orNull(input.data),
  dedupe_key: orNull(input.dedupeKey),
  at: now,
  leased_until: leasedUntil,
});

const orNull = (text: string | undefined): string | null =>
  text === undefined ? null : storable(text);

const toRecipient = (
  { call, user, isPushed }: { call: number; user: string; isPushed: boolean },
  n: number,
): object => ({
  n,
  for_call: call,
  user_id: storable(user),
  push_to: JSON.stringify(isPushed ? [user] : []),
});

const toAdded = (user: string, row: AddedRow): AddedNotification => ({
  notification: toNotification({ ...row, user_id: user }),
  counts: { unread: row.unread, unseen: row.unseen, total: row.total, rev: row.rev },
  ...(row.outbox_id === null ? { isNew: false } : { isNew: true, outboxId: row.outbox_id }),
});
