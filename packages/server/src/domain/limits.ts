/** Every limit of the domain, with its default, in one place. Settings map onto it. */
export interface DomainLimits {
  /** Characters (code points) of a chat message. */
  readonly messageCharacters: number;
  /** Characters of a room's name and of a name in a plain chat. */
  readonly nameCharacters: number;
  /** Characters of a title: conversation, notification, task. */
  readonly titleCharacters: number;
  /** Characters of a user id. */
  readonly userIdCharacters: number;
  /** Characters of ids and keys that callers make: clientId, dedupeKey, task id, kind, type, source. */
  readonly keyCharacters: number;
  readonly linkCharacters: number;
  /** UTF-16 units of JSON that is passed on: attributes, data, result, events. */
  readonly jsonCharacters: number;
  readonly conversationMembers: number;
  /** Recipients of one notify call. */
  readonly usersPerNotify: number;
  /** Ids of one mark call, message ids of one read status. */
  readonly idsPerCall: number;
  /** Items of one page. */
  readonly pageItems: number;
  /** Messages of one page of history. */
  readonly historyItems: number;
  /** Members of larger conversations get no hint in `user:<id>` per message; they subscribe to the chat. */
  readonly hintedMembers: number;
  /** Conversations and their members kept in memory, counted in members. */
  readonly cachedMembers: number;
  /** Room names whose conversation is remembered. */
  readonly cachedRooms: number;
  /** UTF-16 units of one chunk of a task's stream. */
  readonly chunkLength: number;
  /** Chunks of one append, and of one page. */
  readonly chunksPerAppend: number;
  readonly chunksPerPage: number;
  /** UTF-16 units of one page of chunks; a page has one chunk at least. */
  readonly chunkPageLength: number;
  /** UTF-16 units of all chunks of one task. */
  readonly streamLength: number;
  /** Shortest time between two published progress states of one task. */
  readonly progressIntervalMs: number;
}

export const DEFAULT_DOMAIN_LIMITS: DomainLimits = {
  messageCharacters: 4_000,
  nameCharacters: 64,
  titleCharacters: 200,
  userIdCharacters: 128,
  keyCharacters: 128,
  linkCharacters: 2_048,
  jsonCharacters: 32_768,
  conversationMembers: 1_000,
  usersPerNotify: 1_000,
  idsPerCall: 1_000,
  pageItems: 100,
  historyItems: 200,
  hintedMembers: 50,
  cachedMembers: 200_000,
  cachedRooms: 10_000,
  chunkLength: 4_096,
  chunksPerAppend: 256,
  chunksPerPage: 500,
  chunkPageLength: 200_000,
  streamLength: 1_000_000,
  progressIntervalMs: 100,
};

export interface RelayLimits {
  /** How often rows that a crash or a failure left are looked for. */
  readonly pollIntervalMs: number;
  /** A claimed row is nobody else's for this long. */
  readonly leaseMs: number;
  /** Rows with pushes that wait in memory; more stay in the store until there is room. */
  readonly queuedRows: number;
  /** Rows whose pushes are sent at the same time. */
  readonly concurrentRows: number;
  /** Pushes of one row that are sent at the same time. */
  readonly concurrentPushes: number;
  /** Tries of one row before it is buried. */
  readonly maxAttempts: number;
  /** Pause after the first failed try; doubles with each, half of it random. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** While the broker is away: how often one row tries it, and how long the others wait. */
  readonly publishRetryMs: number;
  /** Finished rows are taken out of the outbox together, this long after the first of them. */
  readonly completeAfterMs: number;
  /** Longest wait of a flush; what is not sent by then is sent after the next start. */
  readonly flushWithinMs: number;
}

export const DEFAULT_RELAY_LIMITS: RelayLimits = {
  pollIntervalMs: 5_000,
  leaseMs: 60_000,
  queuedRows: 10_000,
  concurrentRows: 8,
  concurrentPushes: 4,
  maxAttempts: 8,
  backoffMs: 2_000,
  maxBackoffMs: 600_000,
  publishRetryMs: 1_000,
  completeAfterMs: 20,
  flushWithinMs: 5_000,
};
