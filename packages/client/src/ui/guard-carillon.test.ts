import { describe, expect, test, vi } from 'vitest';
import { LOADING_CONVERSATION } from '../chat/open-conversation.ts';
import type { Conversation, ConversationState } from '../chat/chat.ts';
import type { Client } from '../client.ts';
import { createCarillon } from '../create-carillon.ts';
import { createWritable } from '../readable.ts';
import { FEATURES } from './features.ts';
import type { Feature } from './features.ts';
import { guardCarillon } from './guard-carillon.ts';
import type { PageParts } from './guard-carillon.ts';

const nothing = (): void => undefined;

/** The real parts over a client that is never connected. */
function offline(): PageParts {
  const client: Client = {
    state: createWritable({ status: 'idle' }),
    user: createWritable(undefined),
    connect: nothing,
    disconnect: nothing,
    retryNow: nothing,
    channel: () => {
      throw new Error('subscribed');
    },
    call: () => new Promise(nothing),
    onServerPublication: () => nothing,
    onServerGap: () => nothing,
    close: nothing,
  };
  return createCarillon({ user: 'ann', client });
}

const pageWith = (...features: Feature[]): PageParts => guardCarillon(offline(), new Set(features));

describe('a part that the page does not list', () => {
  test.each([
    ['chat', 'messaging'],
    ['inbox', 'system_notifications'],
    ['desktop', 'system_notifications'],
    ['presence', 'user_monitoring'],
  ] as const)('%s needs %s, and says so', (part, feature) => {
    const others = FEATURES.filter((other) => other !== feature);
    expect(() => pageWith(...others)[part]).toThrow(`does not use ${feature}`);
  });

  test('devices, files and sounds need theirs', async () => {
    const file = (type: string) => ({ conversationId: 'c', file: new Blob([], { type }) });
    await expect(pageWith().devices()).rejects.toThrow('user_monitoring');
    await expect(pageWith('voice_note').upload(file('image/png'))).rejects.toThrow('file_upload');
    await expect(pageWith('file_upload').upload(file('audio/ogg'))).rejects.toThrow('voice_note');
  });

  test('nothing is put into the offline queue for it', () => {
    const add = (page: PageParts, kind: string): void =>
      page.outbox.add({
        id: kind,
        method: 'chat.send',
        input: { conversation_id: 'c', content: '', kind },
        key: 'c',
      });
    expect(() => add(pageWith(), 'text')).toThrow('messaging');
    expect(() => add(pageWith('messaging'), 'voice')).toThrow('voice_note');
    expect(() => add(pageWith('messaging'), 'text')).not.toThrow();
  });
});

describe('a conversation without typing_indicator', () => {
  const state: ConversationState = { ...LOADING_CONVERSATION, status: 'ready', typing: ['bob'] };

  test('tells nobody, shows nobody, and keeps its snapshot until it changes', () => {
    const parts = offline();
    const current = createWritable(state);
    const setTyping = vi.fn();
    const opened: Conversation = {
      id: 'c',
      state: current,
      loadOlder: () => Promise.resolve(),
      send: () => 'x',
      retry: nothing,
      discard: nothing,
      markRead: nothing,
      setTyping,
      release: nothing,
    };
    vi.spyOn(parts.chat, 'open').mockReturnValue(opened);
    const conversation = guardCarillon(parts, new Set<Feature>(['messaging'])).chat.open('c');
    expect(() => conversation.setTyping(true)).toThrow('typing_indicator');
    expect(setTyping).not.toHaveBeenCalled();
    expect(conversation.state.get().typing).toEqual([]);
    expect(conversation.state.get()).toBe(conversation.state.get());
    current.set({ ...state, hadGap: true });
    expect(conversation.state.get().hadGap).toBe(true);
    expect(() => conversation.send({ content: '', kind: 'file' })).toThrow('file_upload');
    expect(conversation.send({ content: 'hi' })).toBe('x');
  });
});

test('tasks are no feature, and parts stay the same object', () => {
  const page = pageWith('messaging');
  expect(page.tasks).toBe(page.tasks);
  expect(page.chat).toBe(page.chat);
  expect(page.outbox).toBe(page.outbox);
});
