/** Conversations, inboxes, tasks, and the outbox. */
import type { Kysely } from 'kysely';
import type { SqlDialect } from '../sql-dialect.ts';

export const firstTables =
  (dialect: SqlDialect) =>
  async (db: Kysely<unknown>): Promise<void> => {
    await createChatTables(db, dialect);
    await createInboxTables(db, dialect);
    await createTaskTable(db, dialect);
    await createOutboxTables(db, dialect);
  };

async function createChatTables(db: Kysely<unknown>, { big, key }: SqlDialect): Promise<void> {
  await db.schema
    .createTable('conversation')
    .addColumn('id', key, (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text')
    .addColumn('title', 'text')
    .addColumn('natural_key', key, (c) => c.unique())
    .addColumn('created_by', 'text')
    .addColumn('created_at', big, (c) => c.notNull())
    .addColumn('last_seq', big, (c) => c.notNull().defaultTo(0))
    .addColumn('rev', big, (c) => c.notNull().defaultTo(0))
    .addColumn('last_active_at', big, (c) => c.notNull())
    .addColumn('settings', 'text')
    .execute();
  await db.schema
    .createTable('member')
    .addColumn('conversation_id', key, (c) =>
      c.notNull().references('conversation.id').onDelete('cascade'),
    )
    .addColumn('user_id', key, (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('read_seq', big, (c) => c.notNull())
    .addColumn('joined_at', big, (c) => c.notNull())
    .addPrimaryKeyConstraint('member_pk', ['conversation_id', 'user_id'])
    .execute();
  await db.schema.createIndex('member_by_user').on('member').column('user_id').execute();
  await db.schema
    .createTable('message')
    .addColumn('conversation_id', key, (c) =>
      c.notNull().references('conversation.id').onDelete('cascade'),
    )
    .addColumn('seq', big, (c) => c.notNull())
    .addColumn('id', key, (c) => c.notNull())
    .addColumn('sender', key, (c) => c.notNull())
    .addColumn('client_id', key, (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('attributes', 'text')
    .addColumn('rev', big, (c) => c.notNull())
    .addColumn('created_at', big, (c) => c.notNull())
    .addPrimaryKeyConstraint('message_pk', ['conversation_id', 'seq'])
    .addUniqueConstraint('message_once', ['conversation_id', 'sender', 'client_id'])
    .execute();
}

async function createInboxTables(db: Kysely<unknown>, { big, key }: SqlDialect): Promise<void> {
  await db.schema
    .createTable('notification')
    .addColumn('user_id', key, (c) => c.notNull())
    .addColumn('seq', big, (c) => c.notNull())
    .addColumn('id', key, (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('link', 'text')
    .addColumn('source', 'text')
    .addColumn('data', 'text')
    .addColumn('dedupe_key', key)
    .addColumn('created_at', big, (c) => c.notNull())
    .addColumn('seen_at', big)
    .addColumn('read_at', big)
    .addColumn('archived_at', big)
    .addPrimaryKeyConstraint('notification_pk', ['user_id', 'seq'])
    .addUniqueConstraint('notification_by_id', ['user_id', 'id'])
    .addUniqueConstraint('notification_once', ['user_id', 'dedupe_key'])
    .execute();
  await db.schema
    .createTable('inbox_state')
    .addColumn('user_id', key, (c) => c.primaryKey())
    .addColumn('last_seq', big, (c) => c.notNull())
    .addColumn('rev', big, (c) => c.notNull())
    .addColumn('unread', big, (c) => c.notNull())
    .addColumn('unseen', big, (c) => c.notNull())
    .addColumn('total', big, (c) => c.notNull())
    .execute();
}

async function createTaskTable(db: Kysely<unknown>, { big, key }: SqlDialect): Promise<void> {
  await db.schema
    .createTable('task')
    .addColumn('id', key, (c) => c.primaryKey())
    .addColumn('owner', key, (c) => c.notNull())
    .addColumn('title', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('step', 'double precision', (c) => c.notNull())
    .addColumn('total_steps', 'double precision', (c) => c.notNull())
    .addColumn('progress', 'double precision', (c) => c.notNull())
    .addColumn('result', 'text')
    .addColumn('is_cancel_requested', 'integer', (c) => c.notNull())
    .addColumn('version', big, (c) => c.notNull())
    .addColumn('created_at', big, (c) => c.notNull())
    .addColumn('updated_at', big, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('task_by_owner')
    .on('task')
    .columns(['owner', 'created_at', 'id'])
    .execute();
}

async function createOutboxTables(db: Kysely<unknown>, { big, serial }: SqlDialect): Promise<void> {
  await db.schema
    .createTable('outbox')
    .addColumn('id', serial.type, serial.column)
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('reference', 'text', (c) => c.notNull())
    .addColumn('push_to', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('due_at', big, (c) => c.notNull())
    .addColumn('leased_until', big, (c) => c.notNull())
    .addColumn('created_at', big, (c) => c.notNull())
    .addColumn('buried_at', big)
    .addColumn('reason', 'text')
    .execute();
  await db.schema
    .createTable('probe')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('at', big, (c) => c.notNull())
    .execute();
}
