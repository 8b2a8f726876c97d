import { expect, test, vi } from 'vitest';
import type { Attachment } from '../files/attachment.ts';
import { UploadTray } from './upload-tray.ts';
import type { UploadInput } from './uploads.ts';

const file = new File(['abc'], 'notes.txt', { type: 'text/plain' });
const stored: Attachment = { id: 'u_1', name: 'notes.txt', size: 3, kind: 'file' };

/** Uploads that end when the test says so. */
function slowUploads() {
  const started: (UploadInput & PromiseWithResolvers<Attachment>)[] = [];
  return {
    started,
    upload: (input: UploadInput) => {
      const work = { ...input, ...Promise.withResolvers<Attachment>() };
      input.signal.addEventListener('abort', () => work.reject(new Error('aborted')));
      started.push(work);
      return work.promise;
    },
  };
}

const begin = async () => {
  const uploads = slowUploads();
  const tray = new UploadTray(uploads, 'c_1');
  tray.add([{ file }]);
  await vi.waitFor(() => expect(uploads.started).toHaveLength(1));
  const [work] = uploads.started;
  if (work === undefined) throw new Error('not started');
  return { tray, uploads, work };
};

test('a file is sent at once, its progress is told, and then it is ready for one message', async () => {
  const { tray, work } = await begin();
  expect(work.conversationId).toBe('c_1');
  work.onProgress(0.5);
  expect(tray.getSnapshot()).toMatchObject([{ state: 'uploading', progress: 0.5 }]);
  work.resolve(stored);
  await vi.waitFor(() => expect(tray.getSnapshot()).toMatchObject([{ state: 'ready' }]));
  expect(tray.takeReady()).toEqual([stored]);
  expect(tray.getSnapshot()).toEqual([]);
});

test('a file that was removed is not sent any further, and leaves no error', async () => {
  const { tray, work } = await begin();
  tray.remove(tray.getSnapshot()[0]?.key ?? 0);
  expect(work.signal.aborted).toBe(true);
  await work.promise.catch(() => undefined);
  expect(tray.getSnapshot()).toEqual([]);
});

test('a file that failed says why, and can be tried again', async () => {
  const { tray, uploads, work } = await begin();
  work.reject(new Error('too big'));
  await vi.waitFor(() =>
    expect(tray.getSnapshot()).toMatchObject([{ state: 'failed', error: 'too big' }]),
  );
  tray.retry(tray.getSnapshot()[0]?.key ?? 0);
  await vi.waitFor(() => expect(uploads.started).toHaveLength(2));
  expect(tray.getSnapshot()).toMatchObject([{ state: 'uploading' }]);
  tray.close();
});
