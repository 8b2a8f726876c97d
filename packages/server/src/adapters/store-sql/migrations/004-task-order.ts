/** Tasks of all users by age, for operators. */
import type { Kysely } from 'kysely';

export async function taskOrder(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('task_by_age').on('task').columns(['created_at', 'id']).execute();
}
