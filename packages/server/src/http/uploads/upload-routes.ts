/**
 * Files in and out: `POST /api/v1/uploads` takes a form, the signed link of `upload.get` answers
 * the content. Nothing of a file is ever in memory as a whole.
 */
import { Readable } from 'node:stream';
import { fail } from '@carillon/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { UploadService } from '../../domain/uploads/upload-service.ts';
import type { Upload } from '../../ports/upload-store.ts';
import { viewerOf } from '../../procedures/actor.ts';
import { uploadView } from '../../procedures/views.ts';
import { identifyCaller } from '../caller.ts';
import type { HttpBase } from '../http-deps.ts';
import { sendProblem } from '../problem.ts';
import { CSP_HEADER } from '../security-headers.ts';
import { byteRange } from './byte-range.ts';
import { contentDisposition } from './content-disposition.ts';
import { acceptForms, formParts } from './multipart-form.ts';
import { watchStall } from './slow-bodies.ts';

export interface UploadRoutes {
  readonly uploads: UploadService;
  /** Of one file. */
  readonly maxUploadBytes: number;
}

type UploadRoutesDeps = HttpBase & UploadRoutes;

/** What a form has beside its file. */
const FORM_BYTES = 64 * 1024;

/** How long the rest of a refused upload is read and thrown away, so that its sender sees the answer. */
const REFUSED_READ_MS = 3_000;

/** A document of its own kind that may do nothing, whoever opens the link. */
const CONTENT_CSP = "default-src 'none'; sandbox; frame-ancestors 'none'";

export const registerUploadRoutes = async (
  app: FastifyInstance,
  deps: UploadRoutesDeps,
): Promise<void> => {
  // A scope of its own: nothing else takes forms.
  await app.register(async (scope) => {
    await acceptForms(scope, deps.maxUploadBytes);
    scope.post(
      '/api/v1/uploads',
      {
        onRequest: identifyCaller(deps, 'user-or-backend'),
        config: { hasSlowBody: true },
        bodyLimit: deps.maxUploadBytes + FORM_BYTES,
      },
      (request, reply) => receive(deps, request, reply),
    );
  });
  app.get<ContentRoute>('/api/v1/uploads/:id/content', (request, reply) =>
    answerContent(deps, request, reply),
  );
};

async function receive(
  { uploads, maxUploadBytes, clock }: UploadRoutesDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (!request.isMultipart()) {
    return sendProblem(reply, fail('bad_request', 'send a form: multipart/form-data'), 415);
  }
  const stall = watchStall(request, clock);
  try {
    if (Number(request.headers['content-length'] ?? 0) > maxUploadBytes + FORM_BYTES) {
      return sendProblem(
        reply,
        fail('too_large', `the file has more than ${maxUploadBytes} bytes`),
      );
    }
    const { actor } = request.caller;
    const received = await uploads.receive(viewerOf(actor), formParts(request));
    if (!received.ok) return sendProblem(reply, received);
    return reply
      .code(201)
      .header('cache-control', 'no-store')
      .type('application/json')
      .send(JSON.stringify(uploadView(received.value)));
  } finally {
    stall.stop();
    readOff(request, clock);
  }
}

/** A connection that is closed while its other end writes may lose the answer on the way. */
function readOff({ raw }: FastifyRequest, clock: UploadRoutesDeps['clock']): void {
  if (raw.readableEnded || raw.destroyed) return;
  raw.unpipe();
  raw.resume();
  const cancel = clock.after(REFUSED_READ_MS, () => raw.destroy());
  raw.once('end', cancel);
  raw.once('close', cancel);
}

interface ContentRoute {
  Params: { id: string };
  Querystring: { expires?: unknown; signature?: unknown };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

async function answerContent(
  { uploads, clock, settings }: UploadRoutesDeps,
  request: FastifyRequest<ContentRoute>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params;
  const expires = textOf(request.query.expires);
  const signature = textOf(request.query.signature);
  const opened = await uploads.open(id, { expires, signature });
  if (!opened.ok) {
    const isBadLink = opened.error === 'permission_denied' || opened.error === 'expired';
    return isBadLink ? sendProblem(reply, opened, 403) : sendProblem(reply, opened);
  }
  const upload = opened.value;
  const tag = `"${upload.id}"`;
  const leftSeconds = Math.max(0, Math.floor(Number(expires) - clock.now() / 1000));
  reply
    .header('etag', tag)
    .header('cache-control', `private, max-age=${leftSeconds}, immutable`)
    .header('accept-ranges', 'bytes')
    .header('content-disposition', contentDisposition(upload.name, upload.mime))
    .header(CSP_HEADER, CONTENT_CSP);
  // The link is the permission: pages of the origins that may call may also show it.
  if (settings.allowedOrigins.length > 0) {
    reply.header('cross-origin-resource-policy', 'cross-origin');
  }
  if (request.headers['if-none-match'] === tag) return reply.code(304).send();
  return sendBytes(uploads, upload, { request, reply, tag });
}

async function sendBytes(
  uploads: UploadService,
  upload: Upload,
  { request, reply, tag }: { request: FastifyRequest; reply: FastifyReply; tag: string },
): Promise<FastifyReply> {
  const { size, mime } = upload;
  const ifRange = request.headers['if-range'];
  const asked = ifRange === undefined || ifRange === tag ? request.headers.range : undefined;
  const range = byteRange(asked, size);
  if (range === 'unsatisfiable') {
    reply.removeHeader('content-disposition').header('content-range', `bytes */${size}`);
    return sendProblem(reply, fail('bad_request', `the file has ${size} bytes`), 416);
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  reply
    .code(range === undefined ? 200 : 206)
    .header('content-length', end - start + 1)
    .type(mime === 'text/plain' ? 'text/plain; charset=utf-8' : mime);
  if (range !== undefined) reply.header('content-range', `bytes ${start}-${end}/${size}`);
  // An empty stream, or its length would be told instead.
  if (request.method === 'HEAD') return reply.send(Readable.from([]));
  const bytes = await uploads.read(upload, { start, end });
  if (!bytes.ok) return sendProblem(reply, bytes);
  return reply.send(bytes.value instanceof Readable ? bytes.value : Readable.from(bytes.value));
}
