import { expect, it } from 'vitest';
import { inspectContent } from './content-inspector.ts';

const typeOf = async (bytes: Uint8Array, chunkBytes = 1000): Promise<string | undefined> => {
  const inspector = inspectContent();
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    await inspector.add(bytes.subarray(at, at + chunkBytes));
  }
  await inspector.end();
  return inspector.type?.mime;
};

const hex = (text: string, size = 600): Buffer =>
  Buffer.concat([Buffer.from(text.replaceAll(' ', ''), 'hex'), Buffer.alloc(size)]);

const PNG = hex('89504e470d0a1a0a 0000000d 49484452 00000001 00000001 0802000000 907753de');
const WEBM = (...marks: string[]): Buffer =>
  Buffer.concat([hex('1a45dfa3 87 4282 84 7765626d', 8), Buffer.from(marks.join('\0')), PNG]);
const MP4 = (...marks: string[]): Buffer =>
  Buffer.concat([
    hex('00000018 66747970 69736f6d 00000200 69736f6d 69736f32', 0),
    Buffer.from(marks.join('\0')),
    Buffer.alloc(500),
  ]);

it.each([
  ['a picture', PNG, 'image/png'],
  ['a JPEG', hex('ffd8ffe0 00104a464946 0001'), 'image/jpeg'],
  ['a PDF', Buffer.from('%PDF-1.7\n%âãÏÓ\n'), 'application/pdf'],
  ['a recorded voice in WebM', WEBM('A_OPUS'), 'audio/webm'],
  ['a film in WebM', WEBM('V_VP9', 'A_OPUS'), 'video/webm'],
  ['a recorded voice in MP4', MP4('moov', 'soun'), 'audio/mp4'],
  ['a film in MP4', MP4('moov', 'soun', 'vide'), 'video/mp4'],
  ['an MP4 that says nothing at its beginning', MP4('mdat'), 'video/mp4'],
  ['a program', hex('4d5a9000 03000000 04000000 ffff0000'), 'application/x-msdownload'],
  ['a text', Buffer.from('Grüße 🐈\r\n\tund so weiter'), 'text/plain'],
  ['a text that begins like a picture', Buffer.from('BM is not a bitmap here'), 'text/plain'],
  ['a page', Buffer.from('\n <!DOCTYPE html><script>alert(1)</script>'), 'text/html'],
  ['a part of a page', Buffer.from('<img src=x onerror=alert(1)>'), 'text/html'],
  ['a comment and then a page', Buffer.from('<!-- --><script>1</script>'), 'text/html'],
  ['a drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml'],
  ['a drawing with a declaration', Buffer.from('<?xml version="1.0"?><a/>'), 'application/xml'],
  ['bytes of nothing known', Buffer.from([1, 2, 3, 0, 255, 254]), undefined],
  ['a text that is not UTF-8', Buffer.from('Gr\u00fc\u00dfe', 'latin1'), undefined],
  ['a text that ends within a character', Buffer.from('ab🐈').subarray(0, 4), undefined],
])('%s is told by its bytes', async (_what, bytes, mime) => {
  expect(await typeOf(bytes)).toBe(mime);
  expect(await typeOf(bytes, 1)).toBe(mime);
});

it('a text is one to its very end', async () => {
  const long = 'All is well. '.repeat(1000);
  expect(await typeOf(Buffer.from(long))).toBe('text/plain');
  expect(await typeOf(Buffer.from(`${long}\0`))).toBeUndefined();
  expect(await typeOf(Buffer.concat([Buffer.from(long), Buffer.from([0xff])]))).toBeUndefined();
});

it('characters that lie across two chunks are whole', async () => {
  expect(await typeOf(Buffer.from('🐈'.repeat(3000)), 1001)).toBe('text/plain');
});
