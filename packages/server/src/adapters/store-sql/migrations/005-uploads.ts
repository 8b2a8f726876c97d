/** Files beside messages; their content is in UPLOAD_DIR. */
import type { Kysely } from 'kysely';
import type { SqlDialect } from '../sql-dialect.ts';

export const uploads =
  ({ big, key }: SqlDialect) =>
  async (db: Kysely<unknown>): Promise<void> => {
    await db.schema
      .createTable('upload')
      .addColumn('id', key, (c) => c.primaryKey())
      .addColumn('conversation_id', key, (c) => c.notNull())
      .addColumn('owner', key, (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('mime', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('size', big, (c) => c.notNull())
      .addColumn('width', big)
      .addColumn('height', big)
      .addColumn('duration_ms', big)
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('created_at', big, (c) => c.notNull())
      .execute();
    await db.schema
      .createIndex('upload_by_owner')
      .on('upload')
      .columns(['owner', 'created_at'])
      .execute();
    await db.schema
      .createIndex('upload_by_state')
      .on('upload')
      .columns(['state', 'created_at'])
      .execute();
  };
