/** A database that `carillon copy-store` has not finished with is half a store: nobody may use it. */
import type { Connection } from './postgres-executor.ts';

/** There from the first batch of a copy until it has been checked. */
export const COPY_TABLE = 'store_copy';

/** @throws Error with what to do about it */
export async function refuseUnfinishedCopy(connection: Connection): Promise<void> {
  const sql = `select to_regclass('${COPY_TABLE}') is not null as is_there`;
  const [found] = await connection.query<{ is_there: boolean }>({ text: sql });
  if (found?.is_there !== true) return;
  throw new Error(
    'DATABASE_URL: a copy into this database was not finished; run `carillon copy-store` again ' +
      'with the same --from and --to, it goes on where it was',
  );
}
