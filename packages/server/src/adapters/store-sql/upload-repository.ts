/**
 * UploadStore on SQL.
 *
 *   unused ──a message takes it──▶ kept
 *      └────nobody did in time───▶ dropped ──its file is gone──▶ (no row)
 */
import { fail, ok } from '@carillon/protocol';
import type { Upload, UploadQuota, UploadStore } from '../../ports/upload-store.ts';
import { one } from './executor.ts';
import type { OperationContext } from './executor.ts';
import type { UploadTable } from './schema.ts';
import { statement } from './statement.ts';

type Result<Method extends keyof UploadStore> = ReturnType<UploadStore[Method]>;

const insertUpload = statement(
  (
    db,
    p: {
      id: string;
      conversationId: string;
      owner: string;
      name: string;
      mime: string;
      kind: UploadTable['kind'];
      size: number;
      width: number | null;
      height: number | null;
      durationMs: number | null;
      now: number;
    },
  ) =>
    db.insertInto('upload').values({
      id: p.id,
      conversation_id: p.conversationId,
      owner: p.owner,
      name: p.name,
      mime: p.mime,
      kind: p.kind,
      size: p.size,
      width: p.width,
      height: p.height,
      duration_ms: p.durationMs,
      state: 'unused',
      created_at: p.now,
    }),
);

const uploadById = statement((db, p: { id: string }) =>
  db.selectFrom('upload').selectAll().where('id', '=', p.id).where('state', '!=', 'dropped'),
);

const usedSince = statement((db, p: { owner: string; since: number }) =>
  db
    .selectFrom('upload')
    .select((is) => [
      is.fn.countAll<number>().as('files'),
      is.fn.coalesce(is.fn.sum<number>('size'), is.lit(0)).as('bytes'),
    ])
    .where('owner', '=', p.owner)
    .where('created_at', '>', p.since),
);

const keep = statement((db, p: { id: string }) =>
  db
    .updateTable('upload')
    .set({ state: 'kept' })
    .where('id', '=', p.id)
    .where('state', '!=', 'dropped')
    .returning('id'),
);

const drop = statement((db, p: { before: number; limit: number }) =>
  db
    .updateTable('upload')
    .set({ state: 'dropped' })
    // Asked again of the row itself: a message may have taken it since it was found.
    .where('state', '!=', 'kept')
    .where('id', 'in', (query) =>
      query
        .selectFrom('upload')
        .select('id')
        .where((is) =>
          is.or([
            is('state', '=', 'dropped'),
            is.and([is('state', '=', 'unused'), is('created_at', '<', p.before)]),
          ]),
        )
        .orderBy('created_at')
        .limit(p.limit),
    )
    .returning('id'),
);

const removeDroppedRow = statement((db, p: { id: string }) =>
  db.deleteFrom('upload').where('id', '=', p.id).where('state', '=', 'dropped'),
);

export async function addUpload(
  context: OperationContext,
  upload: Omit<Upload, 'createdAt'>,
  quota: UploadQuota,
): Result<'addUpload'> {
  const { executor, now } = context;
  const used = await uploadedSince(context, upload.owner, quota);
  if (used + upload.size + quota.bytesPerFile > quota.maxBytes) return fail('quota_exceeded');
  const { width = null, height = null, durationMs = null } = upload;
  await executor.run(insertUpload, { ...upload, width, height, durationMs, now });
  return ok({ ...upload, createdAt: now });
}

export async function uploadedSince(
  { executor }: OperationContext,
  owner: string,
  { since, bytesPerFile }: UploadQuota,
): Result<'uploadedSince'> {
  const used = await one(executor, usedSince, { owner, since });
  // PostgreSQL's sums are numerics, which its driver leaves as text.
  return used === undefined ? 0 : Number(used.bytes) + Number(used.files) * bytesPerFile;
}

export async function getUpload({ executor }: OperationContext, id: string): Result<'getUpload'> {
  const row = await one(executor, uploadById, { id });
  return row === undefined ? undefined : toUpload(row);
}

export async function keepUpload({ executor }: OperationContext, id: string): Result<'keepUpload'> {
  return (await one(executor, keep, { id })) !== undefined;
}

export async function dropUnused(
  { executor }: OperationContext,
  before: number,
  limit: number,
): Result<'dropUnused'> {
  return (await executor.run(drop, { before, limit })).map(({ id }) => id);
}

export async function removeDropped(
  { executor }: OperationContext,
  ids: readonly string[],
): Result<'removeDropped'> {
  await executor.runEach(
    removeDroppedRow,
    ids.map((id) => ({ id })),
  );
}

const toUpload = (row: UploadTable): Upload => ({
  id: row.id,
  conversationId: row.conversation_id,
  owner: row.owner,
  name: row.name,
  mime: row.mime,
  kind: row.kind,
  size: row.size,
  ...(row.width !== null && { width: row.width }),
  ...(row.height !== null && { height: row.height }),
  ...(row.duration_ms !== null && { durationMs: row.duration_ms }),
  createdAt: row.created_at,
});
