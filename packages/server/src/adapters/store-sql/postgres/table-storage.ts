/**
 * How PostgreSQL keeps the tables that are changed all the time: room in each page, so that a
 * changed counter stays beside the old one and no index is touched; and the outbox, which is filled
 * and emptied all day, is cleaned by the number of dead rows, not by their share.
 */
import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const COUNTERS = ['conversation', 'member', 'inbox_state', 'task'];

export async function tableStorage(db: Kysely<unknown>): Promise<void> {
  for (const table of COUNTERS) {
    await sql`alter table ${sql.table(table)} set (fillfactor = 80)`.execute(db);
  }
  await sql`alter table outbox set (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`.execute(db);
}
