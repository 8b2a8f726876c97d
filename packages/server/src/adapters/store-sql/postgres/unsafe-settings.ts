/** Says at the start when the database is set up to forget what it has acknowledged. */
import type { Logger } from '../../../ports/logger.ts';
import type { PostgresDatabase } from './postgres-database.ts';

const UNSAFE = `select name, setting from pg_settings
  where (name = 'fsync' and setting = 'off')
    or (name = 'full_page_writes' and setting = 'off')
    or (name = 'synchronous_commit' and setting = 'off')`;

export async function warnOfUnsafeSettings(
  database: PostgresDatabase,
  logger: Logger,
): Promise<void> {
  const unsafe = await database.run('read', (connection) =>
    connection.query<{ name: string; setting: string }>({ text: UNSAFE }),
  );
  for (const { name, setting } of unsafe) {
    const text = `PostgreSQL has ${name} = ${setting}: a power cut can lose acknowledged messages; set it to on`;
    logger.warn({ setting: name }, text);
  }
}
