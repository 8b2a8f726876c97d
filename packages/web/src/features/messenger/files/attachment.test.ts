import { expect, test } from 'vitest';
import { attachmentOf, durationText, shownSize, sizeText, uploadIdOf } from './attachment.ts';

test('the file of a message is read from its attributes, or there is none', () => {
  const upload = { id: 'u_1', name: 'a.png', size: 9, kind: 'image', width: 4, height: 2 };
  expect(attachmentOf({ upload })).toEqual(upload);
  expect(attachmentOf({ upload: { id: 'u_1', kind: 'else' } })).toMatchObject({ kind: 'file' });
  for (const none of [undefined, null, 'x', {}, { upload: 1 }, { upload: {} }]) {
    expect(attachmentOf(none)).toBeUndefined();
  }
  expect(uploadIdOf({ upload_id: 'u_1' })).toBe('u_1');
});

test('a picture keeps its shape within 320 px, and has a size before it is loaded', () => {
  expect(shownSize({ width: 1600, height: 800 })).toEqual({ width: 320, height: 160 });
  expect(shownSize({ width: 100, height: 50 })).toEqual({ width: 100, height: 50 });
  expect(shownSize({})).toEqual({ width: 240, height: 180 });
});

test('sizes and lengths are told as people read them', () => {
  expect(sizeText(940, 'en')).toBe('940 byte');
  expect(sizeText(1_234, 'en')).toBe('1.2 kB');
  expect(sizeText(25_000_000, 'en')).toBe('25 MB');
  expect(durationText(61_400)).toBe('1:01');
});
