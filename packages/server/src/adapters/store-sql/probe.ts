/** A durable write and read back, to know whether the database can save. */
import { one } from './executor.ts';
import type { OperationContext } from './executor.ts';
import { statement } from './statement.ts';

const upsertProbe = statement((db, p: { now: number }) =>
  db
    .insertInto('probe')
    .values({ id: 1, at: p.now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ at: p.now })),
);

const selectProbe = statement((db) => db.selectFrom('probe').select('at').where('id', '=', 1));

export async function writeProbe({ executor, now }: OperationContext): Promise<void> {
  await executor.run(upsertProbe, { now });
  const probe = await one(executor, selectProbe, {});
  if (probe?.at !== now) throw new Error('the database does not read back what it wrote');
}
