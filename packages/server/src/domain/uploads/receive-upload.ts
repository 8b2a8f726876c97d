/**
 * The way of one file in: read once, counted and looked at while it is written, on disk before it
 * is in the store, in the store before it is answered. Whatever goes wrong leaves nothing.
 *
 *   form ─▶ may they? ─▶ incoming file ─▶ sync ─▶ row ─▶ its name
 */
import { fail, ok, type Failure, type Outcome } from '@carillon/protocol';
import type { ContentInspector, DetectedType, InspectContent } from '../../ports/content-type.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { FileStore, UnfinishedFile } from '../../ports/file-store.ts';
import type { Upload, UploadKind, UploadQuota, UploadStore } from '../../ports/upload-store.ts';
import { fileName } from './file-name.ts';
import { withField, type FormPart, type UploadFields } from './upload-form.ts';
import type { UploadLimits } from './upload-limits.ts';

export interface ReceivingDeps {
  readonly store: UploadStore;
  readonly files: FileStore;
  readonly inspect: InspectContent;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  readonly limits: UploadLimits;
}

/** Who uploads where, once it is known; the refusal where they may not. */
export type Admit = (fields: UploadFields) => Promise<Outcome<Place>>;

export interface Place {
  readonly conversationId: string;
  readonly owner: string;
}

interface ReceivedFile {
  readonly file: UnfinishedFile;
  readonly size: number;
  readonly type: DetectedType;
  readonly name: string;
}

const DAY_MS = 86_400_000;

export const quotaOf = ({
  clock,
  limits,
}: Pick<ReceivingDeps, 'clock' | 'limits'>): UploadQuota => ({
  since: clock.now() - DAY_MS,
  maxBytes: limits.maxBytesPerDay,
  bytesPerFile: limits.bytesPerFile,
});

/** Rejects with what the form's parts reject with, and where the device fails. */
export async function receiveUpload(
  deps: ReceivingDeps,
  parts: AsyncIterable<FormPart>,
  admit: Admit,
): Promise<Outcome<Upload>> {
  let fields: UploadFields = {};
  let received: ReceivedFile | undefined;
  try {
    for await (const part of parts) {
      if (part.type === 'field') {
        const known = withField(fields, part);
        if (!known.ok) return known;
        fields = known.value;
        continue;
      }
      const refused = await mayBegin(part.name, { received, fields, admit });
      if (refused !== undefined) return refused;
      const file = await receiveFile(deps, part.bytes);
      if (!file.ok) return file;
      received = { ...file.value, name: part.fileName };
    }
    if (received === undefined) return fail('invalid_field', 'file is missing: send one');
    const place = await admit(fields);
    return place.ok ? await store(deps, received, { ...fields, ...place.value }) : place;
  } finally {
    await received?.file.discard();
  }
}

/** Where the conversation was named first, nobody sends a file in vain. */
async function mayBegin(
  name: string,
  { received, fields, admit }: { received: unknown; fields: UploadFields; admit: Admit },
): Promise<Failure | undefined> {
  if (name !== 'file') return fail('invalid_field', 'the file must be in the field "file"');
  if (received !== undefined) return fail('too_many', 'there are two files: send one a call');
  if (fields.conversationId === undefined) return undefined;
  const place = await admit(fields);
  return place.ok ? undefined : place;
}

async function receiveFile(
  { files, inspect, limits }: ReceivingDeps,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Outcome<Omit<ReceivedFile, 'name'>>> {
  const file = await files.begin();
  const inspector = inspect();
  let isComplete = false;
  let size = 0;
  try {
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > limits.maxBytes) {
        return fail('too_large', `the file has more than ${limits.maxBytes} bytes`);
      }
      await inspector.add(chunk);
      if (inspector.isDecided) {
        const type = takenType(inspector, limits);
        if (!type.ok) return type;
      }
      await file.write(chunk);
    }
    if (size === 0) return fail('invalid_field', 'the file is empty');
    await inspector.end();
    const type = takenType(inspector, limits);
    if (!type.ok) return type;
    await file.sync();
    isComplete = true;
    return ok({ file, size, type: type.value });
  } finally {
    if (!isComplete) await file.discard();
  }
}

function takenType({ type }: ContentInspector, { types }: UploadLimits): Outcome<DetectedType> {
  if (type === undefined) {
    return fail('unsupported_type', 'what the file contains is of no known type');
  }
  return types.includes(type.mime)
    ? ok(type)
    : fail('unsupported_type', `the file contains ${type.mime}, which is not taken here`);
}

async function store(
  deps: ReceivingDeps,
  { file, size, type, name }: ReceivedFile,
  { width, height, durationMs, conversationId, owner }: UploadFields & Place,
): Promise<Outcome<Upload>> {
  const id = deps.random.id();
  const added = await deps.store.addUpload(
    {
      id,
      conversationId,
      owner,
      name: fileName(name, type, deps.limits.nameCharacters),
      mime: type.mime,
      kind: kindOf(type.mime),
      size,
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
      ...(durationMs !== undefined && { durationMs }),
    },
    quotaOf(deps),
  );
  // A crash from here on leaves a row without a file; nobody was told its id, so it is swept unused.
  if (added.ok) await file.keep(id);
  return added;
}

const kindOf = (mime: string): UploadKind => {
  if (mime.startsWith('image/')) return 'image';
  return mime.startsWith('audio/') ? 'voice' : 'file';
};
