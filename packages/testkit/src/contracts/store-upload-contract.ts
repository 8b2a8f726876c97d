/** Rules of UploadStore. */
import { expect, it } from 'vitest';
import type { Upload } from '../../../server/src/ports/upload-store.ts';
import { valueOf } from './store-outcome.ts';
import type { Subject } from './store-subject.ts';

const DAY_MS = 86_400_000;

const file = (id: string, given: Partial<Upload> = {}): Omit<Upload, 'createdAt'> => ({
  id,
  conversationId: 'c1',
  owner: 'ann',
  name: `${id}.png`,
  mime: 'image/png',
  kind: 'image',
  size: 100,
  ...given,
});

export function uploadStoreContract(subject: Subject): void {
  const quota = (given: { maxBytes?: number; bytesPerFile?: number } = {}) => ({
    since: subject().now() - DAY_MS,
    maxBytes: 1_000_000,
    bytesPerFile: 10,
    ...given,
  });
  const add = (id: string, given: Partial<Upload> = {}) =>
    subject().store.uploads.addUpload(file(id, given), quota());

  it('an upload is found again as it was added', async () => {
    const { uploads } = subject().store;
    const given = { width: 640, height: 480, name: 'a\0b \u{1F514}.png' };
    const added = valueOf(await add('u1', given));
    expect(added).toEqual({ ...file('u1', given), createdAt: subject().now() });
    expect(await uploads.getUpload('u1')).toEqual(added);
    const voice = valueOf(await add('u2', { kind: 'voice', durationMs: 1_500 }));
    expect(await uploads.getUpload('u2')).toEqual(voice);
    expect(await uploads.getUpload('nope')).toBeUndefined();
  });

  it('a user’s files of the period count, each with something beside its size', async () => {
    const { uploads } = subject().store;
    await add('old', { size: 900 });
    subject().advance(DAY_MS);
    await add('mine', { size: 300 });
    await add('theirs', { size: 300, owner: 'bob' });
    expect(await uploads.uploadedSince('ann', quota())).toBe(310);
    expect(await uploads.uploadedSince('eve', quota())).toBe(0);
    const tight = quota({ maxBytes: 630 });
    expect(await uploads.addUpload(file('much', { size: 311 }), tight)).toMatchObject({
      error: 'quota_exceeded',
    });
    expect(await uploads.getUpload('much')).toBeUndefined();
    expect(await uploads.addUpload(file('fits', { size: 310 }), tight)).toMatchObject({ ok: true });
  });

  it('what no message took in time is dropped, oldest first, and cannot be taken any more', async () => {
    const { uploads } = subject().store;
    for (const id of ['a', 'b', 'c', 'd']) {
      await add(id);
      subject().advance(1);
    }
    expect(await uploads.keepUpload('b')).toBe(true);
    const before = subject().now() - 1;
    expect((await uploads.dropUnused(before, 1)).toSorted()).toEqual(['a']);
    expect((await uploads.dropUnused(before, 9)).toSorted()).toEqual(['a', 'c']);
    expect(await uploads.keepUpload('a')).toBe(false);
    expect(await uploads.getUpload('c')).toBeUndefined();
    expect(await uploads.getUpload('b')).toMatchObject({ id: 'b' });
    await uploads.removeDropped(['a', 'b', 'c', 'd']);
    expect(await uploads.dropUnused(before, 9)).toEqual([]);
    expect(await uploads.getUpload('b')).toMatchObject({ id: 'b' });
    expect(await uploads.getUpload('d')).toMatchObject({ id: 'd' });
  });

  it('an upload is kept for good, however often a message takes it', async () => {
    const { uploads } = subject().store;
    await add('u1');
    expect(await uploads.keepUpload('u1')).toBe(true);
    expect(await uploads.keepUpload('u1')).toBe(true);
    expect(await uploads.keepUpload('nope')).toBe(false);
    expect(await uploads.dropUnused(subject().now() + DAY_MS, 9)).toEqual([]);
  });

  it('of a message and the sweep that race for a file one wins', async () => {
    const { uploads } = subject().store;
    const ids = Array.from({ length: 20 }, (_, at) => `u${at}`);
    for (const id of ids) await add(id);
    const [kept, dropped] = await Promise.all([
      Promise.all(ids.map(async (id) => ((await uploads.keepUpload(id)) ? [id] : []))),
      uploads.dropUnused(subject().now() + 1, 50),
    ]);
    expect([...kept.flat(), ...dropped].toSorted()).toEqual(ids.toSorted());
  });
}
