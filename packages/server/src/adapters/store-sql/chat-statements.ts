/** The queries of chat-repository.ts. */
import { statement } from './statement.ts';
import type { ConversationTable, MemberTable, MessageTable } from './schema.ts';

export interface ConversationRow {
  id: string;
  kind: ConversationTable['kind'];
  name: string | null;
  title: string | null;
  created_by: string | null;
  created_at: number;
  last_seq: number;
  rev: number;
  last_active_at: number;
}

const CONVERSATION_COLUMNS = [
  'id',
  'kind',
  'name',
  'title',
  'created_by',
  'created_at',
  'last_seq',
  'rev',
  'last_active_at',
] as const;

export const insertConversation = statement(
  (
    db,
    p: {
      id: string;
      kind: ConversationTable['kind'];
      name: string | null;
      title: string | null;
      naturalKey: string | null;
      createdBy: string | null;
      now: number;
    },
  ) =>
    db
      .insertInto('conversation')
      .values({
        id: p.id,
        kind: p.kind,
        name: p.name,
        title: p.title,
        natural_key: p.naturalKey,
        created_by: p.createdBy,
        created_at: p.now,
        last_active_at: p.now,
        settings: null,
      })
      .onConflict((conflict) => conflict.column('natural_key').doNothing())
      .returning(CONVERSATION_COLUMNS),
);

export const conversationById = statement((db, p: { id: string }) =>
  db.selectFrom('conversation').select(CONVERSATION_COLUMNS).where('id', '=', p.id),
);

/** The same, locked against other writers until the commit: before anything that depends on it. */
export const conversationForChange = statement((db, p: { id: string }) =>
  db
    .selectFrom('conversation')
    .select(CONVERSATION_COLUMNS)
    .where('id', '=', p.id)
    .forNoKeyUpdate(),
);

export const conversationByNaturalKey = statement((db, p: { naturalKey: string }) =>
  db
    .selectFrom('conversation')
    .select(CONVERSATION_COLUMNS)
    .where('natural_key', '=', p.naturalKey),
);

export const conversationsOfUser = statement(
  (db, p: { user: string; beforeAt: number; beforeId: string; limit: number }) =>
    db
      .selectFrom('member')
      .innerJoin('conversation', 'conversation.id', 'member.conversation_id')
      .select(CONVERSATION_COLUMNS)
      .select('member.read_seq')
      .where('member.user_id', '=', p.user)
      .where((where) =>
        where.or([
          where('last_active_at', '<', p.beforeAt),
          where.and([where('last_active_at', '=', p.beforeAt), where('id', '<', p.beforeId)]),
        ]),
      )
      .orderBy('last_active_at', 'desc')
      .orderBy('id', 'desc')
      .limit(p.limit),
);

/** The next place in a conversation; locks it against other writers until the commit. */
export const takeNextSeq = statement((db, p: { id: string; now: number }) =>
  db
    .updateTable('conversation')
    .set((is) => ({
      last_seq: is('last_seq', '+', 1),
      rev: is('rev', '+', 1),
      last_active_at: p.now,
    }))
    .where('id', '=', p.id)
    .returning(['last_seq', 'rev', 'kind']),
);

export const raiseRev = statement((db, p: { id: string }) =>
  db
    .updateTable('conversation')
    .set((is) => ({ rev: is('rev', '+', 1) }))
    .where('id', '=', p.id)
    .returning(CONVERSATION_COLUMNS),
);

export const membersOf = statement((db, p: { id: string }) =>
  db
    .selectFrom('member')
    .select(['user_id', 'role', 'read_seq', 'joined_at'])
    .where('conversation_id', '=', p.id)
    .orderBy('joined_at')
    .orderBy('user_id'),
);

export const memberOf = statement((db, p: { id: string; user: string }) =>
  db
    .selectFrom('member')
    .select('read_seq')
    .where('conversation_id', '=', p.id)
    .where('user_id', '=', p.user),
);

export const insertMember = statement(
  (db, p: { id: string; user: string; role: MemberTable['role']; readSeq: number; now: number }) =>
    db
      .insertInto('member')
      .values({
        conversation_id: p.id,
        user_id: p.user,
        role: p.role,
        read_seq: p.readSeq,
        joined_at: p.now,
      })
      .onConflict((conflict) => conflict.columns(['conversation_id', 'user_id']).doNothing())
      .returning('user_id'),
);

export const deleteMember = statement((db, p: { id: string; user: string }) =>
  db
    .deleteFrom('member')
    .where('conversation_id', '=', p.id)
    .where('user_id', '=', p.user)
    .returning('user_id'),
);

/** Forward only: a late or repeated mark changes no row. */
export const advanceReadSeq = statement((db, p: { id: string; user: string; seq: number }) =>
  db
    .updateTable('member')
    .set({ read_seq: p.seq })
    .where('conversation_id', '=', p.id)
    .where('user_id', '=', p.user)
    .where('read_seq', '<', p.seq)
    .returning('user_id'),
);

export const insertMessage = statement((db, p: MessageTable) =>
  db.insertInto('message').values({
    conversation_id: p.conversation_id,
    seq: p.seq,
    id: p.id,
    sender: p.sender,
    client_id: p.client_id,
    kind: p.kind,
    content: p.content,
    attributes: p.attributes,
    rev: p.rev,
    created_at: p.created_at,
  }),
);

export const messageByClientId = statement(
  (db, p: { conversationId: string; sender: string; clientId: string }) =>
    db
      .selectFrom('message')
      .selectAll()
      .where('conversation_id', '=', p.conversationId)
      .where('sender', '=', p.sender)
      .where('client_id', '=', p.clientId),
);

export const messageBySeq = statement((db, p: { id: string; seq: number }) =>
  db.selectFrom('message').selectAll().where('conversation_id', '=', p.id).where('seq', '=', p.seq),
);

export const messagesAfter = statement(
  (db, p: { id: string; after: number; before: number; limit: number }) =>
    db
      .selectFrom('message')
      .selectAll()
      .where('conversation_id', '=', p.id)
      .where('seq', '>', p.after)
      .where('seq', '<', p.before)
      .orderBy('seq')
      .limit(p.limit),
);

export const messagesBefore = statement((db, p: { id: string; before: number; limit: number }) =>
  db
    .selectFrom('message')
    .selectAll()
    .where('conversation_id', '=', p.id)
    .where('seq', '<', p.before)
    .orderBy('seq', 'desc')
    .limit(p.limit),
);
