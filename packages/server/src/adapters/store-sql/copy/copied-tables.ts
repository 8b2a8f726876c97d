/** What a store consists of, in the order in which it can be copied: first what others refer to. */
import type { Schema } from '../schema.ts';

export interface CopiedTable {
  readonly name: Exclude<keyof Schema, 'probe'>;
  /** Unique and never null: batches go along it. */
  readonly key: readonly string[];
}

export const COPIED_TABLES: readonly CopiedTable[] = [
  { name: 'conversation', key: ['id'] },
  { name: 'member', key: ['conversation_id', 'user_id'] },
  { name: 'message', key: ['conversation_id', 'seq'] },
  { name: 'notification', key: ['user_id', 'seq'] },
  { name: 'inbox_state', key: ['user_id'] },
  { name: 'task', key: ['id'] },
  { name: 'task_chunk', key: ['task_id', 'place'] },
  { name: 'upload', key: ['id'] },
  { name: 'outbox', key: ['id'] },
];

/** Column values of one row, by name. */
export type Row = Readonly<Record<string, string | number | null>>;

/** Values of a table's key, as text or number; where a batch ended. */
export type Key = readonly (string | number)[];

/** One line of a check that both sides must agree on. */
export interface Extent {
  readonly id: string;
  readonly last_seq: number;
  readonly rows: number;
  readonly max_seq: number;
}

/** How far each conversation and each inbox goes. `$after` and `$limit` are filled in by either side. */
export const EXTENTS = {
  conversation: `select o.id as id, o.last_seq as last_seq,
      (select count(*) from message m where m.conversation_id = o.id) as rows,
      (select coalesce(max(m.seq), 0) from message m where m.conversation_id = o.id) as max_seq
    from conversation o where o.id > $after order by o.id limit $limit`,
  inbox: `select o.user_id as id, o.last_seq as last_seq,
      (select count(*) from notification m where m.user_id = o.user_id) as rows,
      (select coalesce(max(m.seq), 0) from notification m where m.user_id = o.user_id) as max_seq
    from inbox_state o where o.user_id > $after order by o.user_id limit $limit`,
} as const;

export type ExtentOf = keyof typeof EXTENTS;
