/** Files of conversations over HTTP (D6): real forms, real files, a real server. */
import { startServer, type RunningServer } from '@carillon/testkit';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DISK_KINDS } from '../durability/small-disk.ts';
import { apiClients, type ApiClients, type Call } from './api-client.ts';
import {
  asUser,
  filesBelow,
  FORM_TYPE,
  formHead,
  formOf,
  png,
  sender,
  type FileToSend,
  type Send,
} from './upload-client.ts';

const MAX_BYTES = 256 * 1024;

let dataDir: string;
let server: RunningServer;
let api: ApiClients;
let ann: Call;
let sendAsAnn: Send;
/** Of ann and ben. */
let group: string;

const openGroup = async (members: readonly string[]): Promise<string> => {
  const opened = await api.backend('POST', '/api/v1/conversations', { kind: 'group', members });
  return String(opened.body['id']);
};

const start = async (): Promise<void> => {
  server = await startServer({ dataDir, env: { UPLOAD_MAX_BYTES: String(MAX_BYTES) } });
  api = apiClients(server);
  ann = await api.as('ann');
  sendAsAnn = await asUser(server, 'ann');
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'carillon-uploads-'));
  await start();
  group = await openGroup(['ann', 'ben']);
});
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const upload = async (file: FileToSend = {}): Promise<string> => {
  const { status, body } = await sendAsAnn(formOf(group, file));
  expect(body).toMatchObject({ id: expect.any(String) });
  expect(status).toBe(201);
  return String(body['id']);
};

const linkTo = async (id: string, call: Call = ann): Promise<string> =>
  String((await call('GET', `/api/v1/uploads/${id}`)).body['url']);

const content = (url: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${server.url}${url}`, init);

/** As it comes, without a length. */
const sendStream = async (
  body: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): Promise<Response> => {
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await server.token('ann')}`,
      'content-type': FORM_TYPE,
    },
    body,
    duplex: 'half',
    ...(signal !== undefined && { signal }),
  };
  return fetch(`${server.url}/api/v1/uploads`, init);
};

const incoming = (): Promise<readonly string[]> => filesBelow(join(dataDir, 'uploads', 'incoming'));

const say = (call: Call, conversation: string, message: object) =>
  call('POST', `/api/v1/conversations/${conversation}/messages`, message);

describe('[D6] a file of a conversation', () => {
  it('is taken, described, linked for members, and comes back as it was', async () => {
    const bytes = png(100_000);
    const fields = { width: '640', height: '480' };
    const { status, body } = await sendAsAnn(formOf(group, { content: bytes, fields }));
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[\w-]{16,}$/),
      conversation_id: group,
      name: 'cat.png',
      mime: 'image/png',
      kind: 'image',
      size: 100_000,
      width: 640,
      height: 480,
      created_at: expect.stringMatching(/^\d{4}-/),
    });
    const ben = await api.as('ben');
    const found = await ben('GET', `/api/v1/uploads/${String(body['id'])}`);
    expect(found.body).toMatchObject({ ...body, expires_at: expect.any(String) });
    const response = await content(String(found.body['url']));
    expect(response.status).toBe(200);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': '100000',
      'content-disposition': `inline; filename="cat.png"; filename*=UTF-8''cat.png`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      'cache-control': expect.stringMatching(/^private, max-age=3[56]\d\d, immutable$/),
      'accept-ranges': 'bytes',
    });
  });

  it('may stand before its fields in the form', async () => {
    const { status } = await sendAsAnn(formOf(group, { isFileFirst: true }));
    expect(status).toBe(201);
  });

  it('comes with a message, which says what the server knows of it', async () => {
    const id = await upload({ name: '貓.png', fields: { width: '64', height: '48' } });
    const attributes = { upload_id: id, alt: 'a cat' };
    const sent = await say(ann, group, { clientId: 'm1', kind: 'image', content: '', attributes });
    expect(sent.status).toBe(201);
    const ben = await api.as('ben');
    const { body } = await ben('GET', `/api/v1/conversations/${group}/messages?limit=1`);
    expect(body).toMatchObject({
      messages: [
        {
          kind: 'image',
          content: '',
          attributes: {
            alt: 'a cat',
            upload: {
              id,
              name: '貓.png',
              mime: 'image/png',
              size: 100,
              kind: 'image',
              width: 64,
              height: 48,
              link: `/api/v1/uploads/${id}`,
            },
          },
        },
      ],
    });
    const again = await say(ann, group, { clientId: 'm1', kind: 'image', content: '', attributes });
    expect(again).toMatchObject({ status: 200, body: sent.body });
  });

  it('is uploaded by a backend for the person it names', async () => {
    const asBackend = sender(server, { 'x-api-key': server.apiKey });
    const fields = { sender: 'ben' };
    expect(await asBackend(formOf(group, { fields }))).toMatchObject({ status: 201 });
    expect(await asBackend(formOf(group))).toMatchObject({ status: 400, body: { code: 402 } });
    expect(await sendAsAnn(formOf(group, { fields }))).toMatchObject({ status: 403 });
  });

  it('is one of 20 that come at the same time', async () => {
    const sizes = Array.from({ length: 20 }, (_, at) => 50_000 + at);
    const answers = await Promise.all(
      sizes.map((size) => sendAsAnn(formOf(group, { content: png(size) }))),
    );
    expect(answers.map(({ status, body }) => [status, body['size']])).toEqual(
      sizes.map((size) => [201, size]),
    );
    for (const { body } of answers) {
      const response = await content(await linkTo(String(body['id'])));
      expect((await response.arrayBuffer()).byteLength).toBe(body['size']);
    }
    expect(await incoming()).toEqual([]);
  });
});

describe('[D6] what a file may be', () => {
  it.each([
    ['a page that is called a picture', '<!doctype html><script>alert(1)</script>', 'cat.png'],
    ['a drawing, which can run scripts', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'cat.svg'],
    ['a program', 'MZ\u0090\0\u0003\0\0\0\u0004\0\0\0', 'cat.png'],
    ['bytes of nothing known', '\u0001\u0002\0\u0003', 'cat.png'],
  ])('%s is refused and leaves nothing', async (_what, given, name) => {
    const { status, body } = await sendAsAnn(formOf(group, { content: given, name }));
    expect(status).toBe(415);
    expect(body).toMatchObject({ error: 'unsupported_type' });
    expect(await incoming()).toEqual([]);
  });

  it('a picture that is called a page is shown as a picture, and saved as one', async () => {
    const id = await upload({ name: 'page.html', type: 'text/html' });
    const response = await content(await linkTo(id));
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('content-disposition')).toContain('filename="page.html.png"');
  });

  it('a text is saved, never shown', async () => {
    const id = await upload({ content: 'Grüße 🐈\n', name: 'notes.md', type: 'text/html' });
    const response = await content(await linkTo(id));
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="notes.md"/);
    expect(await response.text()).toBe('Grüße 🐈\n');
  });

  it.each([
    ['../../../etc/passwd', 'passwd.png'],
    ['..\\..\\windows\\win.ini', 'win.ini.png'],
    ['a\u0000b/../c.png', 'c.png'],
    ['.png', 'png.png'],
  ])('a name like %j is only a name', async (name, shown) => {
    const { body } = await sendAsAnn(formOf(group, { name }));
    expect(body).toMatchObject({ name: shown });
  });

  it('a file that is larger than allowed is refused, however its length is told', async () => {
    const exact = await sendAsAnn(formOf(group, { content: png(MAX_BYTES) }));
    expect(exact.status).toBe(201);
    for (const size of [MAX_BYTES + 1, MAX_BYTES * 4]) {
      const { status, body } = await sendAsAnn(formOf(group, { content: png(size) }));
      expect(status).toBe(413);
      expect(body).toMatchObject({ error: 'too_large' });
    }
    expect(await incoming()).toEqual([]);
  });

  it('one that never ends is answered while it comes, and cut', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      start: (stream) => stream.enqueue(formHead(group)),
      pull: async (stream) => {
        await immediate();
        sent += 16_384;
        stream.enqueue(new Uint8Array(16_384));
      },
    });
    const response = await sendStream(endless);
    expect(response.status).toBe(413);
    await response.body?.cancel();
    expect(sent).toBeGreaterThanOrEqual(MAX_BYTES);
    expect(await incoming()).toEqual([]);
  });

  it.each([
    ['no file', () => noFile(), 'invalid_field'],
    ['an empty file', () => formOf(group, { content: '' }), 'invalid_field'],
    ['no conversation', () => formOf(undefined), 'invalid_field'],
    ['an unknown conversation', () => formOf('nowhere'), 'not_found'],
    ['an unknown field', () => formOf(group, { fields: { path: '/etc' } }), 'invalid_field'],
    ['a width of nonsense', () => formOf(group, { fields: { width: '-1' } }), 'invalid_field'],
  ])('%s is refused', async (_what, form, error) => {
    expect((await sendAsAnn(form())).body).toMatchObject({ error });
  });

  it('what is no form is refused', async () => {
    const json = await ann('POST', '/api/v1/uploads', {});
    expect(json.status).toBe(415);
    const response = await fetch(`${server.url}/api/v1/uploads`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await server.token('ann')}`,
        'content-type': FORM_TYPE,
      },
      body: 'no parts at all',
    });
    expect(response.status).toBe(400);
  });
});

const noFile = (): FormData => {
  const form = new FormData();
  form.append('conversation_id', group);
  return form;
};

describe('[D6] whose a file is', () => {
  it('strangers can neither send one into a conversation, nor find one, nor use one', async () => {
    const id = await upload();
    const sendAsEve = await asUser(server, 'eve');
    expect(await sendAsEve(formOf(group))).toMatchObject({ status: 403, body: { code: 407 } });
    expect(await sendAsEve(formOf(group, { isFileFirst: true }))).toMatchObject({ status: 403 });
    const nobody = sender(server, {});
    expect(await nobody(formOf(group))).toMatchObject({ status: 401 });
    const eve = await api.as('eve');
    expect((await eve('GET', `/api/v1/uploads/${id}`)).status).toBe(404);
    expect((await api.nobody('GET', `/api/v1/uploads/${id}`)).status).toBe(401);
    const own = await openGroup(['eve', 'ann']);
    const attributes = { upload_id: id };
    const used = await say(eve, own, { kind: 'image', content: '', attributes });
    expect(used).toMatchObject({ status: 404 });
  });

  it('whoever leaves the conversation gets no new link', async () => {
    const three = await openGroup(['ann', 'ben', 'cem']);
    const { body } = await sendAsAnn(formOf(three));
    const path = `/api/v1/uploads/${String(body['id'])}`;
    const cem = await api.as('cem');
    expect((await cem('GET', path)).status).toBe(200);
    expect((await cem('POST', `/api/v1/conversations/${three}/leave`, {})).status).toBe(200);
    expect((await cem('GET', path)).status).toBe(404);
  });

  it.each([
    ['of another member', { by: 'ben', kind: 'image' }, 'not_found'],
    ['as another kind than it is', { by: 'ann', kind: 'voice' }, 'invalid_field'],
    ['with a kind that has no file', { by: 'ann', kind: 'text' }, 'invalid_field'],
  ])('a message cannot bring a file %s', async (_what, { by, kind }, error) => {
    const attributes = { upload_id: await upload() };
    const said = await say(await api.as(by), group, { content: 'x', attributes, kind });
    expect(said.body).toMatchObject({ error });
  });

  it('a message cannot bring a file of another conversation, nor make one up', async () => {
    const other = await openGroup(['ann', 'dan']);
    const attributes = { upload_id: await upload() };
    const said = await say(ann, other, { kind: 'file', content: '', attributes });
    expect(said.body).toMatchObject({ error: 'invalid_field' });
    const forged = { upload: { link: 'https://evil.example/x', name: 'x', kind: 'file' } };
    const claimed = await say(ann, group, { kind: 'file', content: 'x', attributes: forged });
    expect(claimed.body).toMatchObject({ error: 'invalid_field' });
    const empty = await say(ann, group, { kind: 'image', content: '' });
    expect(empty.body).toMatchObject({ error: 'invalid_field' });
  });

  it('a link opens its own file, unchanged, and nothing else', async () => {
    const id = await upload();
    const other = await upload();
    const url = await linkTo(id);
    const expires = /expires=(\d+)/.exec(url)?.[1] ?? '';
    const tries = [
      url.replace(id, other),
      url.replace(expires, String(Number(expires) + 1)),
      url.replace(/signature=./, 'signature=_'),
      url.replace(/&signature=.*/, ''),
      url.replace(/\?.*/, ''),
      url.replace(id, '..%2F..%2Fcarillon.db'),
      url.replace(id, '%2e%2e'),
    ];
    for (const changed of tries) {
      expect([403, 404]).toContain((await content(changed)).status);
    }
    expect((await content(url)).status).toBe(200);
  });
});

describe('[D6] a part of a file', () => {
  it('is answered as players ask for it', async () => {
    const bytes = png(10_000);
    const url = await linkTo(await upload({ content: bytes }));
    const part = await content(url, { headers: { range: 'bytes=1000-1999' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 1000-1999/10000');
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(1000, 2000));
    const end = await content(url, { headers: { range: 'bytes=-10' } });
    expect(new Uint8Array(await end.arrayBuffer())).toEqual(bytes.slice(-10));
    const beyond = await content(url, { headers: { range: 'bytes=10000-' } });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe('bytes */10000');
  });

  it('is none where the reader has it already, or asks for the head alone', async () => {
    const url = await linkTo(await upload());
    const whole = await content(url);
    const tag = whole.headers.get('etag') ?? '';
    await whole.arrayBuffer();
    expect((await content(url, { headers: { 'if-none-match': tag } })).status).toBe(304);
    const head = await content(url, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe('100');
    const stale = await content(url, { headers: { range: 'bytes=0-9', 'if-range': '"old"' } });
    expect(stale.status).toBe(200);
  });
});

describe('[D6] what is left', () => {
  /** Sends the beginning of a file, and waits until it is on its way to the disk. */
  const beginUpload = async (): Promise<AbortController> => {
    const abort = new AbortController();
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => stream.enqueue(formHead(group)),
    });
    const sending = sendStream(body, abort.signal);
    sending.catch(() => undefined);
    await expect.poll(incoming).toHaveLength(1);
    return abort;
  };

  it('by an upload that was cancelled: nothing', async () => {
    const abort = await beginUpload();
    abort.abort();
    await expect.poll(incoming).toEqual([]);
  });

  it('by a server that was killed: nothing after its next start; what it acknowledged is there', async () => {
    const id = await upload();
    const abort = await beginUpload();
    await server.kill('SIGKILL');
    abort.abort();
    expect(await incoming()).toHaveLength(1);
    await start();
    expect(await incoming()).toEqual([]);
    expect((await content(await linkTo(id))).status).toBe(200);
  });
});

it('[D6] a full disk refuses a file with an error, and the server goes on', async () => {
  const [kind] = DISK_KINDS;
  const disk = kind?.make();
  if (disk === undefined) throw new Error('there is no disk to fill');
  const full = await startServer({ env: { UPLOAD_DIR: disk.path } });
  try {
    const { backend } = apiClients(full);
    const opened = await backend('POST', '/api/v1/conversations', {
      kind: 'group',
      members: ['ann', 'ben'],
    });
    const send = await asUser(full, 'ann');
    const form = () => formOf(String(opened.body['id']), { content: png(100_000) });
    await disk.fill(full.pid);
    expect(await send(form())).toMatchObject({
      status: 503,
      body: { error: 'storage_unavailable' },
    });
    disk.free(full.pid);
    expect(await send(form())).toMatchObject({ status: 201 });
  } finally {
    await full.stop();
    disk.remove();
  }
}, 30_000);
