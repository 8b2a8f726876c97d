import { expect, it } from 'vitest';
import type { Message } from '../../ports/chat-store.ts';
import { messagePush } from '../push/push-text.ts';
import { attachmentOf } from './message-upload.ts';

it('a message brings the file that it names, with its other attributes', () => {
  const attributes = '{"upload_id":"u1","alt":"a cat"}';
  expect(attachmentOf({ kind: 'image', attributes })).toEqual({
    ok: true,
    value: { uploadId: 'u1', rest: { alt: 'a cat' } },
  });
});

it.each([
  ['nothing beside the text', undefined],
  ['other attributes', '{"reply_to":"m1"}'],
  ['the word elsewhere', '{"note":"see my upload_id"}'],
  ['a list', '["upload_id"]'],
])('a message with %s brings none', (_what, attributes) => {
  const message = { kind: 'text', ...(attributes !== undefined && { attributes }) };
  expect(attachmentOf(message)).toEqual({ ok: true, value: undefined });
});

it.each([
  ['what only the server may say', 'file', '{"upload":{"link":"https://evil.example"}}'],
  ['the same in other letters', 'file', '{"\\u0075pload":{}}'],
  ['an id that is none', 'file', '{"upload_id":7}'],
  ['no id', 'file', '{"upload_id":""}'],
  ['a kind without files', 'text', '{"upload_id":"u1"}'],
])('%s is refused', (_what, kind, attributes) => {
  expect(attachmentOf({ kind, attributes })).toMatchObject({ error: 'invalid_field' });
});

it('a push for a file without a caption says its name', () => {
  const message = (content: string): Message => ({
    id: 'm1',
    conversationId: 'c1',
    seq: 1,
    sender: 'ann',
    clientId: 'k1',
    kind: 'image',
    content,
    attributes: '{"upload":{"id":"u1","name":"cat.png"}}',
    rev: 1,
    createdAt: 0,
  });
  const bodyOf = (content: string): string =>
    messagePush({
      conversation: { id: 'c1', kind: 'direct' },
      message: message(content),
      user: 'ben',
    }).body;
  expect(bodyOf('')).toBe('cat.png');
  expect(bodyOf('look')).toBe('look');
});
