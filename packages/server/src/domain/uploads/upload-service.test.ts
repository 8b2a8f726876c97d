import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outcome } from '@carillon/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDomain, type RunningDomain } from '../../../../testkit/src/running-domain.ts';
import { createSystemClock } from '../../adapters/clock-system/system-clock.ts';
import type { Upload } from '../../ports/upload-store.ts';
import type { FormPart } from './upload-form.ts';

const valueOf = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(`refused: ${outcome.error} ${outcome.message ?? ''}`);
  return outcome.value;
};

const HOUR_MS = 3_600_000;
const KB = 1024;
const ann = { user: 'ann' };

/** Moves the wall clock; everything else runs in real time. */
let shiftMs = 0;
let running: RunningDomain;
let group: string;

beforeAll(async () => {
  running = await openDomain({
    clock: { ...createSystemClock(), now: () => Date.now() + shiftMs },
    uploadLimits: {
      maxBytes: 10 * KB,
      maxBytesPerDay: 100 * KB,
      bytesPerFile: KB,
      parallelPerUser: 2,
      sweepBatch: 2,
    },
  });
  group = await openGroup('ann', 'ben');
});
afterAll(() => running.close());

const openGroup = async (...members: string[]): Promise<string> => {
  const made = await running.domain.chat.create({ backend: true }, { kind: 'group', members });
  return valueOf(made).conversation.id;
};

const field = (name: string, value: string): FormPart => ({ type: 'field', name, value });

const textFile = (text: string): FormPart => ({
  type: 'file',
  name: 'file',
  fileName: 'notes.txt',
  bytes: once(text),
});

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function* form(...parts: readonly FormPart[]): AsyncGenerator<FormPart> {
  for (const part of parts) yield await Promise.resolve(part);
}

const upload = (text = 'hello', conversation = group, user = 'ann'): Promise<Outcome<Upload>> =>
  running.domain.uploads.receive(
    { user },
    form(field('conversation_id', conversation), textFile(text)),
  );

const filesIn = async (part: 'incoming' | 'files'): Promise<readonly string[]> => {
  const folder = join(running.dataDir, 'uploads', part);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};

const attach = (uploadId: string) =>
  running.domain.chat.send(ann, group, {
    kind: 'file',
    content: '',
    attributes: JSON.stringify({ upload_id: uploadId }),
  });

describe('links', () => {
  it('open a file until they expire, and a new one does so again', async () => {
    const { id } = valueOf(await upload());
    const linkOf = async () => {
      const { url, expiresAt } = valueOf(await running.domain.uploads.get({ user: 'ben' }, id));
      const query = new URLSearchParams(url.split('?')[1]);
      const claim = {
        expires: query.get('expires') ?? '',
        signature: query.get('signature') ?? '',
      };
      return { expiresAt, open: () => running.domain.uploads.open(id, claim) };
    };
    const link = await linkOf();
    expect(await link.open()).toMatchObject({ ok: true });
    shiftMs += HOUR_MS + 1_000;
    expect(await link.open()).toMatchObject({ error: 'expired' });
    expect(await (await linkOf()).open()).toMatchObject({ ok: true });
  });
});

describe('the sweep', () => {
  it('takes what no message took within a day, and leaves what is in messages', async () => {
    const kept = valueOf(await upload());
    valueOf(await attach(kept.id));
    const unused = await Promise.all([upload('a', group, 'ben'), upload('b', group, 'ben')]);
    shiftMs += 23 * HOUR_MS;
    const young = valueOf(await upload());
    shiftMs += 2 * HOUR_MS;
    expect(await running.domain.uploads.sweep.run()).toBeGreaterThanOrEqual(unused.length);
    const left = await filesIn('files');
    expect(left).toEqual(expect.arrayContaining([kept.id, young.id]));
    for (const gone of unused) {
      const { id } = valueOf(gone);
      expect(left).not.toContain(id);
      expect(await attach(id)).toMatchObject({ error: 'not_found' });
    }
    expect(await running.domain.uploads.get(ann, kept.id)).toMatchObject({ ok: true });
  });

  it('takes what was begun and never ended, when nobody writes to it any more', async () => {
    const { promise: never, resolve } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const waiting: FormPart = {
      type: 'file',
      name: 'file',
      fileName: 'a.txt',
      bytes: (async function* () {
        yield Buffer.from('a');
        begun.resolve();
        await never;
      })(),
    };
    const receiving = running.domain.uploads.receive(
      ann,
      form(field('conversation_id', group), waiting),
    );
    await begun.promise;
    expect(await filesIn('incoming')).toHaveLength(1);
    await running.domain.uploads.sweep.run();
    expect(await filesIn('incoming')).toHaveLength(1);
    resolve();
    expect(await receiving).toMatchObject({ ok: true });
    expect(await filesIn('incoming')).toEqual([]);
  });
});

describe('limits', () => {
  it('of a day hold per user, and count small files too', async () => {
    const own = await openGroup('cem', 'dan');
    const results: string[] = [];
    for (let n = 0; n < 12; n += 1) {
      const received = await upload('x'.repeat(9 * KB), own, 'cem');
      results.push(received.ok ? 'ok' : received.error);
    }
    expect(results).toEqual([...Array<string>(10).fill('ok'), 'quota_exceeded', 'quota_exceeded']);
    expect(await upload('x', own, 'dan')).toMatchObject({ ok: true });
    shiftMs += 24 * HOUR_MS + 1;
    expect(await upload('x', own, 'cem')).toMatchObject({ ok: true });
    expect(await filesIn('incoming')).toEqual([]);
  });

  it('of uploads at the same time hold per user', async () => {
    const gate = Promise.withResolvers<void>();
    const slow = () =>
      running.domain.uploads.receive(
        ann,
        (async function* () {
          await gate.promise;
          yield field('conversation_id', group);
          yield textFile('slow');
        })(),
      );
    const both = [slow(), slow()];
    expect(await upload()).toMatchObject({ error: 'too_many_requests' });
    expect(await upload('x', group, 'ben')).toMatchObject({ ok: true });
    gate.resolve();
    expect((await Promise.all(both)).every(({ ok }) => ok)).toBe(true);
    expect(await upload()).toMatchObject({ ok: true });
  });

  it('a form whose rest does not come leaves nothing', async () => {
    const cut: FormPart = {
      type: 'file',
      name: 'file',
      fileName: 'a.txt',
      bytes: (async function* () {
        yield await Promise.resolve(Buffer.from('half of it'));
        throw new Error('the sender went away');
      })(),
    };
    const receiving = running.domain.uploads.receive(
      ann,
      form(field('conversation_id', group), cut),
    );
    await expect(receiving).rejects.toThrow('went away');
    expect(await filesIn('incoming')).toEqual([]);
  });

  it('two files, a doubled field and a file by another name are refused', async () => {
    const { uploads } = running.domain;
    const conversation = field('conversation_id', group);
    const named: FormPart = { type: 'file', name: 'image', fileName: 'a', bytes: once('a') };
    const two = await uploads.receive(ann, form(conversation, textFile('a'), textFile('b')));
    expect(two).toMatchObject({ error: 'too_many' });
    const doubled = await uploads.receive(ann, form(conversation, conversation, textFile('a')));
    expect(doubled).toMatchObject({ error: 'invalid_field' });
    expect(await uploads.receive(ann, form(conversation, named))).toMatchObject({
      error: 'invalid_field',
    });
    expect(await filesIn('incoming')).toEqual([]);
  });
});

it('only owners send files into a broadcast, members read them', async () => {
  const created = await running.domain.chat.create(ann, { kind: 'broadcast', members: ['ben'] });
  const { id } = valueOf(created).conversation;
  expect(await upload('a', id, 'ben')).toMatchObject({ error: 'permission_denied' });
  const own = valueOf(await upload('a', id));
  expect(await running.domain.uploads.get({ user: 'ben' }, own.id)).toMatchObject({ ok: true });
});
