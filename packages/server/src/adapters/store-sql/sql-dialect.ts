/**
 * What differs between databases, as values: everything else in this folder is written once.
 * sqlite-dialect.ts holds SQLite's; another database brings a file of the same shape.
 */
import type { ColumnDefinitionBuilder, Dialect, Kysely, RawBuilder } from 'kysely';

export interface SqlDialect {
  readonly name: string;
  /** Compiles queries; executes nothing. */
  readonly compiler: Dialect;
  /** Column type for ids and keys: compared byte by byte, whatever language the database speaks. */
  readonly key: 'text' | RawBuilder<unknown>;
  /** Column type for counters and times: 64 bits. */
  readonly big: 'integer' | 'bigint';
  /** Ids that the database hands out, ascending, never used twice. */
  readonly serial: {
    readonly type: 'integer' | 'bigserial';
    readonly column: (definition: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;
  };
  /** Migrations of this database alone, by name; they stand between the others by their numbers. */
  readonly ownMigrations: Readonly<Record<string, (db: Kysely<unknown>) => Promise<void>>>;
}
