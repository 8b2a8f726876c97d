/**
 * The tables as Kysely sees them; the migrations make them. Times are ms since 1970, flags 0 or 1,
 * JSON is text: all three mean the same in SQLite and in PostgreSQL.
 */
import type { ColumnType, Generated } from 'kysely';

/** Filled by its default, and free to be left out of an insert. */
type Defaulted<T> = ColumnType<T, T | undefined, T>;

export interface ConversationTable {
  id: string;
  kind: 'direct' | 'group' | 'room' | 'broadcast';
  name: string | null;
  title: string | null;
  /** What makes it the only one of its sort: the pair of a direct one, the name of a room. */
  natural_key: string | null;
  created_by: string | null;
  created_at: number;
  last_seq: Defaulted<number>;
  rev: Defaulted<number>;
  last_active_at: number;
  settings: string | null;
}

export interface MemberTable {
  conversation_id: string;
  user_id: string;
  role: 'owner' | 'member';
  read_seq: number;
  joined_at: number;
}

export interface MessageTable {
  conversation_id: string;
  seq: number;
  id: string;
  sender: string;
  client_id: string;
  kind: string;
  content: string;
  attributes: string | null;
  rev: number;
  created_at: number;
}

export interface NotificationTable {
  user_id: string;
  seq: number;
  id: string;
  title: string;
  content: string;
  type: string;
  link: string | null;
  source: string | null;
  data: string | null;
  dedupe_key: string | null;
  created_at: number;
  seen_at: number | null;
  read_at: number | null;
  archived_at: number | null;
}

/** The numbers of one inbox, changed in the transaction of what they count. */
export interface InboxStateTable {
  user_id: string;
  last_seq: number;
  rev: number;
  unread: number;
  unseen: number;
  total: number;
}

export interface TaskTable {
  id: string;
  owner: string;
  title: string | null;
  status: 'running' | 'completed' | 'failed' | 'cancelled';
  message: string;
  step: number;
  total_steps: number;
  progress: number;
  result: string | null;
  is_cancel_requested: number;
  version: number;
  created_at: number;
  updated_at: number;
  chunk_count: number;
  /** UTF-16 units of all chunks. */
  chunk_length: number;
}

export interface TaskChunkTable {
  task_id: string;
  place: number;
  text: string;
}

export interface UploadTable {
  id: string;
  conversation_id: string;
  owner: string;
  name: string;
  mime: string;
  kind: 'image' | 'voice' | 'file';
  size: number;
  width: number | null;
  height: number | null;
  duration_ms: number | null;
  state: 'unused' | 'kept' | 'dropped';
  created_at: number;
}

export interface OutboxTable {
  id: Generated<number>;
  kind: 'message' | 'notification' | 'task' | 'push';
  reference: string;
  /** JSON array of user ids. */
  push_to: string;
  attempts: Defaulted<number>;
  due_at: number;
  /** 0: nobody holds it. */
  leased_until: number;
  created_at: number;
  buried_at: number | null;
  reason: string | null;
}

/** One row that `ping` writes. */
export interface ProbeTable {
  id: number;
  at: number;
}

export interface Schema {
  conversation: ConversationTable;
  member: MemberTable;
  message: MessageTable;
  notification: NotificationTable;
  inbox_state: InboxStateTable;
  task: TaskTable;
  task_chunk: TaskChunkTable;
  upload: UploadTable;
  outbox: OutboxTable;
  probe: ProbeTable;
}
