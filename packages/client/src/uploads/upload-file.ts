/**
 * A file, sent over HTTP with its progress told; the message that shows it is sent afterwards
 * (`attributes: { upload_id }`). In browsers by XMLHttpRequest: `fetch` does not tell how far it is.
 */
import type { MethodOutput } from '@carillon/protocol/procedures';
import { CarillonError } from '../carillon-error.ts';
import type { GetToken } from '../connection/tokens.ts';

export type Upload = Omit<MethodOutput<'upload.get'>, 'url' | 'expires_at'>;

export interface UploadServer {
  /** @default `location.origin` */
  readonly url?: string;
  readonly getToken?: GetToken;
}

export interface UploadInput {
  readonly conversationId: string;
  readonly file: Blob;
  /** @default the file's own name */
  readonly name?: string;
  /** Pixels, of images. */
  readonly width?: number;
  readonly height?: number;
  /** Of sound. */
  readonly durationMs?: number;
  /** Ends it; it rejects with `aborted` then. */
  readonly signal?: AbortSignal;
  /** From 0 to 1; in Node only the end. */
  readonly onProgress?: (part: number) => void;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Request {
  readonly url: string;
  readonly token: string | null;
  readonly form: FormData;
  readonly signal: AbortSignal;
  readonly onProgress: (part: number) => void;
}

/**
 * @throws CarillonError with the server's code where it refuses (too big, not a type it takes);
 *   `aborted`; temporary and `connection_lost` where the network failed
 */
export async function uploadFile(server: UploadServer, input: UploadInput): Promise<Upload> {
  const { signal = new AbortController().signal, onProgress = () => undefined } = input;
  const token = (await server.getToken?.({ reason: 'connect', signal })) ?? null;
  const base = (server.url ?? location.origin).replace(/\/$/, '');
  const send = typeof XMLHttpRequest === 'function' ? sendByXhr : sendByFetch;
  const request = { url: `${base}/api/v1/uploads`, token, form: formOf(input), signal, onProgress };
  const answer = await send(request).catch((cause: unknown) => {
    throw signal.aborted ? problem('aborted', 'stopped by the caller', cause) : lost(cause);
  });
  if (answer.status !== 201) throw refusal(answer);
  onProgress(1);
  return JSON.parse(answer.body) as Upload;
}

/** The fields first: the server reads the form as it comes. */
function formOf({ conversationId, file, name, width, height, durationMs }: UploadInput): FormData {
  const form = new FormData();
  form.set('conversation_id', conversationId);
  for (const [field, value] of Object.entries({ width, height, duration_ms: durationMs })) {
    if (value !== undefined) form.set(field, String(Math.round(value)));
  }
  if (name === undefined) form.set('file', file);
  else form.set('file', file, name);
  return form;
}

async function sendByFetch({ url, token, form, signal }: Request): Promise<Answer> {
  signal.throwIfAborted();
  const headers: Record<string, string> = token === null ? {} : { authorization: bearer(token) };
  // Node's fetch trips over a form whose request ends early; of one piece it does not.
  const body = await new Response(form).blob();
  const response = await fetch(url, { method: 'POST', body, headers, signal });
  return { status: response.status, body: await response.text() };
}

function sendByXhr({ url, token, form, signal, onProgress }: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    const fail = (): void => reject(new Error('not sent'));
    xhr.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    xhr.onload = () => resolve({ status: xhr.status, body: xhr.responseText });
    xhr.onerror = fail;
    xhr.onabort = fail;
    if (signal.aborted) return fail();
    signal.addEventListener('abort', () => xhr.abort(), { once: true });
    xhr.open('POST', url);
    if (token !== null) xhr.setRequestHeader('authorization', bearer(token));
    xhr.send(form);
  });
}

const bearer = (token: string): string => `Bearer ${token}`;

const problem = (name: 'aborted' | 'connection_lost', message: string, cause?: unknown) =>
  new CarillonError({ code: 0, name, message, isTemporary: name !== 'aborted', cause });

const lost = (cause: unknown): CarillonError =>
  problem('connection_lost', 'the file could not be sent', cause);

/** Problem details (RFC 9457); a proxy may answer something else. */
function refusal({ status, body }: Answer): CarillonError {
  try {
    const { code, detail, title, retry } = JSON.parse(body) as Partial<Record<string, unknown>>;
    if (typeof code === 'number') {
      const message = String(detail ?? title);
      return new CarillonError({ code, message, isTemporary: retry === 'later' });
    }
  } catch {
    // Not JSON: its status tells enough.
  }
  const isTemporary = status >= 500 || status === 429;
  return new CarillonError({ code: 0, message: `HTTP ${status}`, isTemporary });
}
