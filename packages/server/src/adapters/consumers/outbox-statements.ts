/** The SQL of the outbox queue. The table itself is the operator's: docs/queues.md has its CREATE TABLE. */
export interface OutboxStatements {
  /** limit, lease in ms, ids that are in hand here. */
  readonly claim: string;
  /** ids, lease in ms. */
  readonly lease: string;
  /** id */
  readonly done: string;
  /** id, reason */
  readonly dead: string;
  /** id, delay in ms */
  readonly giveBack: string;
  readonly count: string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_$]*$/;

/** Undefined: not `table` or `schema.table`. */
export function quotedTable(table: string): string | undefined {
  const parts = table.split('.');
  const isName = parts.length <= 2 && parts.every((part) => NAME.test(part));
  return isName ? parts.map((part) => `"${part}"`).join('.') : undefined;
}

const later = (parameter: string): string =>
  `now() + ${parameter}::double precision * interval '1 millisecond'`;

/** @throws Error when `table` is not the name of a table. */
export function outboxStatements(table: string): OutboxStatements {
  const name = quotedTable(table);
  if (name === undefined) {
    throw new Error(
      `QUEUE_OUTBOX_TABLE: "${table}" is not the name of a table; use letters, digits and _`,
    );
  }
  return {
    claim: `
      UPDATE ${name} SET available_at = ${later('$2')}, deliveries = deliveries + 1
      WHERE id IN (
        SELECT id FROM ${name} AS row
        WHERE dead_at IS NULL AND available_at <= now() AND NOT id = ANY ($3::bigint[])
          AND NOT EXISTS (
            SELECT FROM ${name} AS earlier
            WHERE earlier.key = row.key AND earlier.id < row.id AND earlier.dead_at IS NULL
              AND earlier.available_at > now() AND NOT earlier.id = ANY ($3::bigint[])
          )
        ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
      )
      RETURNING id::text, message::text, key, deliveries`,
    lease: `UPDATE ${name} SET available_at = ${later('$2')} WHERE id = ANY ($1::bigint[])`,
    done: `DELETE FROM ${name} WHERE id = $1`,
    dead: `UPDATE ${name} SET dead_at = now(), reason = $2 WHERE id = $1`,
    giveBack: `
      UPDATE ${name} SET available_at = ${later('$2')}, deliveries = greatest(deliveries - 1, 0)
      WHERE id = $1`,
    count: `
      SELECT count(*) AS waiting FROM ${name} WHERE dead_at IS NULL AND available_at <= now()`,
  };
}
