/** Files for the tests of uploads, and people who send them as a browser would. */
import { readdir } from 'node:fs/promises';
import type { RunningServer } from '@carillon/testkit';

export interface Answer {
  readonly status: number;
  /** Parsed JSON; fields are checked by the expectations, not by types. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** The smallest PNG, and as much behind it as wanted: nobody looks further than its header. */
export const png = (bytes = 100): Uint8Array<ArrayBuffer> => {
  const file = new Uint8Array(Math.max(bytes, 45));
  const header = '89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de';
  file.set(Buffer.from(header, 'hex'));
  for (let at = 40; at < file.length; at += 1) file[at] = at % 251;
  return file;
};

export interface FileToSend {
  readonly content?: Uint8Array<ArrayBuffer> | string;
  readonly name?: string;
  readonly type?: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** @default after the fields */
  readonly isFileFirst?: boolean;
}

export const formOf = (
  conversationId: string | undefined,
  { content = png(), name = 'cat.png', type = 'image/png', fields, isFileFirst }: FileToSend = {},
): FormData => {
  const form = new FormData();
  const file = (): void => form.append('file', new Blob([content], { type }), name);
  if (isFileFirst === true) file();
  if (conversationId !== undefined) form.append('conversation_id', conversationId);
  for (const [field, value] of Object.entries(fields ?? {})) form.append(field, value);
  if (isFileFirst !== true) file();
  return form;
};

export type Send = (body: FormData, signal?: AbortSignal) => Promise<Answer>;

export const sender =
  (server: RunningServer, headers: Readonly<Record<string, string>>): Send =>
  async (body, signal) => {
    const response = await fetch(`${server.url}/api/v1/uploads`, {
      method: 'POST',
      headers,
      body,
      ...(signal !== undefined && { signal }),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };

export const asUser = async (server: RunningServer, user: string): Promise<Send> =>
  sender(server, { authorization: `Bearer ${await server.token(user)}` });

const BOUNDARY = 'a-boundary-of-the-tests';

export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** The beginning of a form, up to the first bytes of its file: for those who go on as they like. */
export const formHead = (conversationId: string): Uint8Array =>
  Buffer.concat([
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="conversation_id"\r\n\r\n` +
        `${conversationId}\r\n--${BOUNDARY}\r\n` +
        'Content-Disposition: form-data; name="file"; filename="cat.png"\r\n' +
        'Content-Type: image/png\r\n\r\n',
    ),
    png(8192),
  ]);

/** Names of all files in a folder and those below it. */
export const filesBelow = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
};
