/**
 * Files that come with messages. A sender names an upload (`attributes.upload_id`), the message has
 * what the server knows of it (`attributes.upload`): a client cannot make that up.
 */
import { fail, ok, type Outcome, type RawJson } from '@carillon/protocol';
import type { Upload, UploadKind, UploadStore } from '../../ports/upload-store.ts';
import { uploadPath } from './upload-links.ts';

/** What a message says of its file, beside its kind and content. */
export interface Attachment {
  readonly uploadId: string;
  /** The other attributes, as the sender gave them. */
  readonly rest: Readonly<Record<string, unknown>>;
}

const KINDS: ReadonlySet<string> = new Set<UploadKind>(['image', 'voice', 'file']);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined: the message brings no file. Reads JSON only where it may name one. */
export function attachmentOf(message: {
  readonly kind?: string;
  readonly attributes?: RawJson;
}): Outcome<Attachment | undefined> {
  const { kind = 'text', attributes } = message;
  // An escape could hide the word.
  if (attributes === undefined || !/upload|\\u/.test(attributes)) return ok(undefined);
  const parsed: unknown = JSON.parse(attributes);
  if (!isRecord(parsed)) return ok(undefined);
  if ('upload' in parsed) {
    return fail('invalid_field', 'attributes.upload is the server’s: send attributes.upload_id');
  }
  const { upload_id: uploadId, ...rest } = parsed;
  if (uploadId === undefined) return ok(undefined);
  if (typeof uploadId !== 'string' || uploadId === '' || uploadId.length > 128) {
    return fail('invalid_field', 'attributes.upload_id must be the id of an upload');
  }
  if (!KINDS.has(kind)) {
    return fail('invalid_field', `kind is ${kind}: with an upload it is image, voice or file`);
  }
  return ok({ uploadId, rest });
}

export interface AttachTo {
  readonly conversationId: string;
  readonly sender: string;
  readonly kind: string;
}

/** The attributes that the message is stored with; the file is kept from now on. */
export async function attach(
  store: UploadStore,
  { uploadId, rest }: Attachment,
  to: AttachTo,
): Promise<Outcome<RawJson>> {
  const upload = await store.getUpload(uploadId);
  // Those of others are not there, as far as this sender is concerned.
  if (upload === undefined || upload.owner !== to.sender) return gone(uploadId);
  if (upload.conversationId !== to.conversationId) {
    return fail('invalid_field', 'the upload was made for another conversation: upload it again');
  }
  if (to.kind !== 'file' && to.kind !== upload.kind) {
    return fail('invalid_field', `the upload is of kind ${upload.kind}, not ${to.kind}`);
  }
  if (!(await store.keepUpload(uploadId))) return gone(uploadId);
  return ok(JSON.stringify({ ...rest, upload: shownUpload(upload) }));
}

const gone = (id: string): Outcome<never> =>
  fail('not_found', `there is no upload ${JSON.stringify(id.slice(0, 64))} of this sender`);

const shownUpload = (upload: Upload): object => ({
  id: upload.id,
  name: upload.name,
  mime: upload.mime,
  size: upload.size,
  kind: upload.kind,
  ...(upload.width !== undefined && { width: upload.width }),
  ...(upload.height !== undefined && { height: upload.height }),
  ...(upload.durationMs !== undefined && { duration_ms: upload.durationMs }),
  link: uploadPath(upload.id),
});

/** The name of a message's file, where the server has put one there. */
export function attachedName(attributes: RawJson | undefined): string | undefined {
  if (attributes === undefined || !attributes.includes('"upload"')) return undefined;
  const parsed: unknown = JSON.parse(attributes);
  const upload = isRecord(parsed) ? parsed['upload'] : undefined;
  const name = isRecord(upload) ? upload['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}
