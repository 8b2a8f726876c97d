/** Streams of text that tasks produce, piece by piece. */
import type { Kysely } from 'kysely';
import type { SqlDialect } from '../sql-dialect.ts';

export const taskChunks =
  ({ big, key }: SqlDialect) =>
  async (db: Kysely<unknown>): Promise<void> => {
    for (const counter of ['chunk_count', 'chunk_length']) {
      await db.schema
        .alterTable('task')
        .addColumn(counter, big, (c) => c.notNull().defaultTo(0))
        .execute();
    }
    await db.schema
      .createTable('task_chunk')
      .addColumn('task_id', key, (c) => c.notNull().references('task.id').onDelete('cascade'))
      .addColumn('place', big, (c) => c.notNull())
      .addColumn('text', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('task_chunk_pk', ['task_id', 'place'])
      .execute();
  };
