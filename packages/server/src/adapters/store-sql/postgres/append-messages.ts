/**
 * Stores a group of messages with one statement: repeats are found, conversations locked in one
 * order for all processes, places handed out, sender's marks moved, outbox rows written. One round
 * trip and one commit, however many messages and conversations.
 *
 * A repeat that another process stores at the same moment is a unique violation; tried again, the
 * message is found. Two repeats never stand in one group (postgres-store.ts).
 */
import { fail, ok } from '@carillon/protocol';
import type { Outcome } from '@carillon/protocol';
import type { AppendedMessage, Message, NewMessage } from '../../../ports/chat-store.ts';
import { storable } from './storable-text.ts';
import type { Connection } from './postgres-executor.ts';

export interface MessageToAppend extends NewMessage {
  readonly id: string;
  /** ms since 1970. */
  readonly now: number;
  readonly leasedUntil: number;
}

const APPEND = `
with input as materialized (
  select * from json_to_recordset($1::json) as x(n int, conversation_id text, sender text,
    client_id text, kind text, content text, attributes text, id text, push_to text,
    at bigint, leased_until bigint)
), known as materialized (
  select input.n, m.* from input cross join lateral (
    select seq, rev, id, kind, content, attributes, created_at from message
    where conversation_id = input.conversation_id and sender = input.sender
      and client_id = input.client_id limit 1) m
), locked as materialized (
  select id, kind, last_seq, rev from conversation
  where id = any (array(
    select conversation_id from input where n not in (select n from known)) collate "C")
  order by id for no key update
), fresh as materialized (
  select input.*, locked.kind as conversation_kind,
    locked.last_seq + row_number() over (partition by locked.id order by n) as seq,
    locked.rev + row_number() over (partition by locked.id order by n) as rev
  from input join locked on locked.id = input.conversation_id
  where n not in (select n from known)
), placed as materialized (
  select *, nextval('outbox_id_seq') as outbox_id from fresh order by n
), raised as (
  update conversation set last_seq = p.seq, rev = p.rev, last_active_at = p.at
  from (select conversation_id, max(seq) as seq, max(rev) as rev, max(at) as at
    from placed group by conversation_id) p
  where conversation.id = p.conversation_id
), stored as (
  insert into message (conversation_id, seq, id, sender, client_id, kind, content, attributes,
    rev, created_at)
  select conversation_id, seq, id, sender, client_id, kind, content, attributes, rev, at
  from placed
), own_mark as (
  update member set read_seq = p.seq
  from (select conversation_id, sender, max(seq) as seq from placed
    where conversation_kind <> 'room' group by conversation_id, sender) p
  where member.conversation_id = p.conversation_id and member.user_id = p.sender
    and member.read_seq < p.seq
), noted as (
  insert into outbox (id, kind, reference, push_to, due_at, leased_until, created_at)
  select outbox_id, 'message',
    json_build_object('conversationId', conversation_id, 'seq', seq)::text,
    push_to, at, leased_until, at
  from placed
)
select n, seq, rev, outbox_id, id, kind, content, attributes, at as created_at from placed
union all
select n, seq, rev, null, id, kind, content, attributes, created_at from known`;

interface AppendedRow {
  readonly n: number;
  readonly seq: number;
  readonly rev: number;
  /** Null: it had been stored before. */
  readonly outbox_id: number | null;
  readonly id: string;
  readonly kind: string;
  readonly content: string;
  readonly attributes: string | null;
  readonly created_at: number;
}

export async function appendMessages(
  connection: Connection,
  messages: readonly MessageToAppend[],
): Promise<readonly Outcome<AppendedMessage>[]> {
  const rows = await connection.query<AppendedRow>({
    name: 'carillon_append',
    text: APPEND,
    values: [JSON.stringify(messages.map(toInput))],
  });
  const byPlace = new Map(rows.map((row) => [row.n, row]));
  return messages.map((message, n) => {
    const row = byPlace.get(n);
    return row === undefined ? fail('not_found') : ok(toAppended(message, row));
  });
}

const toInput = (message: MessageToAppend, n: number): object => ({
  n,
  conversation_id: storable(message.conversationId),
  sender: storable(message.sender),
  client_id: storable(message.clientId),
  kind: storable(message.kind),
  content: storable(message.content),
  attributes: message.attributes === undefined ? null : storable(message.attributes),
  id: message.id,
  push_to: JSON.stringify(message.pushTo),
  at: message.now,
  leased_until: message.leasedUntil,
});

function toAppended(asked: MessageToAppend, row: AppendedRow): AppendedMessage {
  const message: Message = {
    id: row.id,
    conversationId: asked.conversationId,
    seq: row.seq,
    sender: asked.sender,
    clientId: asked.clientId,
    kind: row.kind,
    content: row.content,
    ...(row.attributes !== null && { attributes: row.attributes }),
    rev: row.rev,
    createdAt: row.created_at,
  };
  return row.outbox_id === null
    ? { message, isNew: false }
    : { message, isNew: true, outboxId: row.outbox_id };
}
