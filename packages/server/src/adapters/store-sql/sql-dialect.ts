/**
 * What differs between databases, as values: everything else in this folder is written once.
 * sqlite-dialect.ts holds SQLite's; another database brings a file of the same shape.
 */
import type { ColumnDefinitionBuilder, Dialect } from 'kysely';

export interface SqlDialect {
  readonly name: string;
  /** Compiles queries; executes nothing. */
  readonly compiler: Dialect;
  /** Column type for counters and times: 64 bits. */
  readonly big: 'integer' | 'bigint';
  /** Ids that the database hands out, ascending, never used twice. */
  readonly serial: {
    readonly type: 'integer' | 'bigserial';
    readonly column: (definition: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;
  };
}
