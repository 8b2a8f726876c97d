import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../../../../testkit/src/simulation/node-fixture.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { createDiskFileStore } from './disk-file-store.ts';

const ID = 'an-id-of-ours-1';

let path: string;
let files: FileStore;

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'carillon-files-'));
  files = createDiskFileStore({ path, logger: silentLogger() });
});
afterEach(() => rm(path, { recursive: true, force: true }));

const keep = async (id: string, text: string): Promise<void> => {
  const file = await files.begin();
  await file.write(Buffer.from(text));
  await file.sync();
  await file.keep(id);
};

const read = async (id: string, start: number, end: number): Promise<string | undefined> => {
  const bytes = await files.read(id, { start, end });
  if (bytes === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

it('what was kept is read again, in parts, until it is removed', async () => {
  await keep(ID, 'hello there');
  expect(await read(ID, 0, 10)).toBe('hello there');
  expect(await read(ID, 6, 8)).toBe('the');
  await files.remove(ID);
  expect(await read(ID, 0, 10)).toBeUndefined();
  await files.remove(ID);
});

it('nobody but the server’s own user can read it', async () => {
  await keep(ID, 'secret');
  const [folder = ''] = await readdir(join(path, 'files'));
  const { mode } = await stat(join(path, 'files', folder, ID));
  expect(mode & 0o077).toBe(0);
});

it('what is discarded leaves nothing, what was kept cannot be', async () => {
  const file = await files.begin();
  await file.write(Buffer.from('half'));
  await file.discard();
  await file.discard();
  expect(await readdir(join(path, 'incoming'))).toEqual([]);
  const kept = await files.begin();
  await kept.write(Buffer.from('whole'));
  await kept.sync();
  await kept.keep(ID);
  await kept.discard();
  expect(await read(ID, 0, 4)).toBe('whole');
});

it('what crashes left goes when nobody has written to it for long enough', async () => {
  expect(await files.removeUnfinished(0)).toBe(0);
  await files.begin().then((file) => file.discard());
  const old = join(path, 'incoming', 'old.part');
  const young = join(path, 'incoming', 'young.part');
  await writeFile(old, 'x');
  await writeFile(young, 'x');
  const hourAgo = new Date(Date.now() - 3_600_000);
  await utimes(old, hourAgo, hourAgo);
  const secondAgo = new Date(Date.now() - 1000);
  await utimes(young, secondAgo, secondAgo);
  expect(await files.removeUnfinished(1_800_000)).toBe(1);
  expect(await readdir(join(path, 'incoming'))).toEqual(['young.part']);
  expect(await files.removeUnfinished(0)).toBe(1);
});

it.each(['../../../etc/passwd', '..', '', 'a/b', 'short', `${'x'.repeat(129)}`, 'a\0bcdefgh'])(
  'a name like %j opens nothing',
  async (id) => {
    expect(await files.read(id, { start: 0, end: 0 })).toBeUndefined();
    await files.remove(id);
  },
);

it('a folder that cannot be used is an error of the store', async () => {
  await writeFile(join(path, 'incoming'), 'a file where a folder should be');
  await expect(files.begin()).rejects.toMatchObject({ name: 'StoreUnavailableError' });
});
