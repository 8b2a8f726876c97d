/**
 * ChatStore on SQL. Every function runs inside a transaction that its caller commits.
 *
 * Unread is a difference (last_seq − read_seq), so sending writes nothing per member; sending
 * moves the sender's own mark. Whoever joins later starts with everything before as read.
 */
import { fail, ok } from '@carillon/protocol';
import type { Outcome } from '@carillon/protocol';
import type {
  AppendedMessage,
  ChatStore,
  Conversation,
  ConversationSummary,
  Message,
  NewConversation,
  NewMessage,
  PageRange,
  ReadMark,
} from '../../ports/chat-store.ts';
import * as statements from './chat-statements.ts';
import type { ConversationRow } from './chat-statements.ts';
import { decodeCursor, encodeCursor, NEWEST } from './cursor.ts';
import { one } from './executor.ts';
import type { OperationContext } from './executor.ts';
import { addOutboxRow } from './outbox-repository.ts';
import type { MemberTable, MessageTable } from './schema.ts';

type Result<Method extends keyof ChatStore> = ReturnType<ChatStore[Method]>;

export async function createConversation(
  context: OperationContext,
  input: NewConversation,
): Result<'createConversation'> {
  const { executor, now } = context;
  const naturalKey = naturalKeyOf(input);
  const inserted = await one(executor, statements.insertConversation, {
    id: context.newId(),
    kind: input.kind,
    name: input.name ?? null,
    title: input.title ?? null,
    naturalKey,
    createdBy: input.createdBy ?? null,
    now,
  });
  if (inserted === undefined) {
    const row = await one(executor, statements.conversationByNaturalKey, {
      naturalKey: naturalKey ?? '',
    });
    if (row === undefined) throw new Error(`conversation ${naturalKey} is there and is not`);
    return { conversation: await withMembers(context, row), isNew: false };
  }
  if (input.kind !== 'room') {
    const members = Array.from(new Set(input.members), (user) => {
      const role = user === input.createdBy ? ('owner' as const) : ('member' as const);
      return { id: inserted.id, user, role, readSeq: 0, now };
    });
    await executor.runEach(statements.insertMember, members);
  }
  return { conversation: await withMembers(context, inserted), isNew: true };
}

/** What there can be only one of; null where any number may exist. */
function naturalKeyOf(input: NewConversation): string | null {
  if (input.kind === 'direct') return JSON.stringify(['direct', ...input.members.toSorted()]);
  if (input.kind === 'room') return JSON.stringify(['room', input.name ?? '']);
  return null;
}

export async function getConversation(
  context: OperationContext,
  id: string,
): Result<'getConversation'> {
  const row = await one(context.executor, statements.conversationById, { id });
  return row === undefined ? undefined : withMembers(context, row);
}

export async function listConversations(
  context: OperationContext,
  user: string,
  page: { cursor?: string; limit: number },
): Result<'listConversations'> {
  const { executor } = context;
  const before = page.cursor === undefined ? NEWEST : decodeCursor(page.cursor);
  if (before === undefined) return { items: [] };
  const rows = await executor.run(statements.conversationsOfUser, {
    user,
    beforeAt: before.at,
    beforeId: before.id,
    limit: page.limit + 1,
  });
  const shown = rows.slice(0, page.limit);
  const [newest, members] = await Promise.all([
    executor.runEach(
      statements.messageBySeq,
      shown.map((row) => ({ id: row.id, seq: row.last_seq })),
    ),
    executor.runEach(statements.membersOf, shown),
  ]);
  const items = shown.map((row, index): ConversationSummary => {
    const lastMessage = newest[index]?.[0];
    return {
      conversation: toConversation(row, members[index] ?? []),
      ...(lastMessage && { lastMessage: toMessage(lastMessage) }),
      unread: row.last_seq - row.read_seq,
    };
  });
  const last = shown.at(-1);
  if (last === undefined || rows.length === shown.length) return { items };
  return { items, next: encodeCursor({ at: last.last_active_at, id: last.id }) };
}

export async function changeMembers(
  context: OperationContext,
  id: string,
  change: { add: readonly string[]; remove: readonly string[] },
): Result<'changeMembers'> {
  const { executor, now } = context;
  const row = await one(executor, statements.conversationForChange, { id });
  if (row === undefined) return fail('not_found');
  const common = { id, role: 'member', readSeq: row.last_seq, now } as const;
  const added = await executor.runEach(
    statements.insertMember,
    Array.from(new Set(change.add), (user) => ({ ...common, user })),
  );
  const removed = await executor.runEach(
    statements.deleteMember,
    Array.from(new Set(change.remove), (user) => ({ id, user })),
  );
  const changes = [...added, ...removed].flat().length;
  const changed = changes === 0 ? row : await one(executor, statements.raiseRev, { id });
  return ok(await withMembers(context, changed ?? row));
}

export async function appendMessage(
  context: OperationContext,
  input: NewMessage,
): Promise<Outcome<AppendedMessage>> {
  const { executor, now } = context;
  const known = await one(executor, statements.messageByClientId, input);
  if (known !== undefined) return ok({ message: toMessage(known), isNew: false });
  const place = await one(executor, statements.takeNextSeq, { id: input.conversationId, now });
  if (place === undefined) return fail('not_found');
  const row: MessageTable = {
    conversation_id: input.conversationId,
    seq: place.last_seq,
    id: context.newId(),
    sender: input.sender,
    client_id: input.clientId,
    kind: input.kind,
    content: input.content,
    attributes: input.attributes ?? null,
    rev: place.rev,
    created_at: now,
  };
  await executor.run(statements.insertMessage, row);
  if (place.kind !== 'room') {
    const mark = { id: input.conversationId, user: input.sender, seq: place.last_seq };
    await executor.run(statements.advanceReadSeq, mark);
  }
  const reference = JSON.stringify({ conversationId: row.conversation_id, seq: row.seq });
  const outboxId = await addOutboxRow(context, {
    kind: 'message',
    reference,
    pushTo: input.pushTo,
  });
  return ok({ message: toMessage(row), isNew: true, outboxId });
}

export async function listMessages(
  context: OperationContext,
  id: string,
  range: PageRange,
): Result<'listMessages'> {
  const { executor } = context;
  const { before = Number.MAX_SAFE_INTEGER, limit } = range;
  if (range.after !== undefined) {
    const page = { id, after: range.after, before, limit };
    return (await executor.run(statements.messagesAfter, page)).map(toMessage);
  }
  const newestFirst = await executor.run(statements.messagesBefore, { id, before, limit });
  return newestFirst.map(toMessage).toReversed();
}

export async function markRead(
  context: OperationContext,
  id: string,
  mark: { user: string; seq: number },
): Promise<Outcome<ReadMark>> {
  const { executor } = context;
  // Conversation before member, as sending does: two that lock in one order never wait for each other.
  const row = await one(executor, statements.conversationForChange, { id });
  if (row === undefined) return fail('not_found');
  const member = await one(executor, statements.memberOf, { id, user: mark.user });
  if (member === undefined) return fail('not_member');
  const readSeq = Math.min(mark.seq, row.last_seq);
  const place = { id, user: mark.user, seq: readSeq };
  const moved = await one(executor, statements.advanceReadSeq, place);
  if (moved === undefined) {
    const unread = row.last_seq - member.read_seq;
    return ok({ readSeq: member.read_seq, unread, rev: row.rev, hasMoved: false });
  }
  const raised = await one(executor, statements.raiseRev, { id });
  const rev = raised?.rev ?? row.rev;
  return ok({ readSeq, unread: row.last_seq - readSeq, rev, hasMoved: true });
}

async function withMembers(
  { executor }: OperationContext,
  row: ConversationRow,
): Promise<Conversation> {
  const members = row.kind === 'room' ? [] : await executor.run(statements.membersOf, row);
  return toConversation(row, members);
}

function toConversation(
  row: ConversationRow,
  members: readonly Pick<MemberTable, 'user_id' | 'role' | 'read_seq' | 'joined_at'>[],
): Conversation {
  return {
    id: row.id,
    kind: row.kind,
    ...(row.name !== null && { name: row.name }),
    ...(row.title !== null && { title: row.title }),
    ...(row.created_by !== null && { createdBy: row.created_by }),
    createdAt: row.created_at,
    lastSeq: row.last_seq,
    rev: row.rev,
    members: members.map((member) => ({
      user: member.user_id,
      role: member.role,
      readSeq: member.read_seq,
      joinedAt: member.joined_at,
    })),
  };
}

const toMessage = (row: MessageTable): Message => ({
  id: row.id,
  conversationId: row.conversation_id,
  seq: row.seq,
  sender: row.sender,
  clientId: row.client_id,
  kind: row.kind,
  content: row.content,
  ...(row.attributes !== null && { attributes: row.attributes }),
  rev: row.rev,
  createdAt: row.created_at,
});
