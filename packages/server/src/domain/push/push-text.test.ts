import { describe, expect, it } from 'vitest';
import type { Message } from '../../ports/chat-store.ts';
import { DEFAULT_RELAY_LIMITS } from '../limits.ts';
import { backoffMs } from './backoff.ts';
import { CONSULTATION_REPLY, messagePush, shortened } from './push-text.ts';
import { isUnpublished, parseTarget, PUBLICATION, targetFor } from './remaining.ts';

const message: Message = {
  id: 'm1',
  conversationId: 'c1',
  seq: 7,
  sender: 'alice',
  clientId: 'x',
  kind: 'text',
  content: 'hello',
  rev: 9,
  createdAt: 5,
};

describe('what a push says', () => {
  it('the sender as title, with the conversation where it has a title', () => {
    const direct = { id: 'c1', kind: 'direct' as const };
    const push = messagePush({ conversation: direct, message, user: 'bob', badge: 3 });
    expect(push).toMatchObject({ title: 'alice', body: 'hello', collapseKey: 'chat:c1', badge: 3 });
    expect(push.mobileOnly).toBeUndefined();
    const group = { id: 'c1', kind: 'group' as const, title: 'Team' };
    expect(messagePush({ conversation: group, message, user: 'bob' }).title).toBe('alice · Team');
  });

  it('a consultation reply is for phones and tablets', () => {
    const reply = { ...message, kind: CONSULTATION_REPLY };
    const conversation = { id: 'c1', kind: 'direct' as const };
    expect(messagePush({ conversation, message: reply, user: 'bob' }).mobileOnly).toBe(true);
  });

  it('the id is plain ASCII, whatever script the user id is in', () => {
    const conversation = { id: 'c1', kind: 'direct' as const };
    const { id } = messagePush({ conversation, message, user: '小明' });
    expect(id).toBe('message-m1-%E5%B0%8F%E6%98%8E');
  });

  it('long texts are cut between characters, with a mark', () => {
    expect(shortened('short', 10)).toBe('short');
    expect(shortened('👋'.repeat(12), 10)).toBe(`${'👋'.repeat(9)}…`);
  });
});

describe('what is left of a row', () => {
  it('a row as the services write it is unpublished; one with senders named is published', () => {
    expect(isUnpublished([])).toBe(true);
    expect(isUnpublished(['bob'])).toBe(true);
    expect(isUnpublished([targetFor('bob', 'webhook')])).toBe(false);
    expect(isUnpublished([PUBLICATION, targetFor('bob', 'webhook')])).toBe(true);
  });

  it('entries are read as they were written', () => {
    expect(parseTarget('bob')).toEqual({ user: 'bob' });
    expect(parseTarget(targetFor('bob', 'webhook'))).toEqual({ user: 'bob', sender: 'webhook' });
    expect(parseTarget(PUBLICATION)).toBeUndefined();
  });
});

describe('the pause before the next try', () => {
  it('doubles up to the cap, and half of it is random', () => {
    const pauses = (random: number): readonly number[] =>
      [0, 1, 2, 20, 2_000].map((attempts) =>
        backoffMs(attempts, DEFAULT_RELAY_LIMITS, { next: () => random, id: () => '' }),
      );
    expect(pauses(0)).toEqual([1_000, 2_000, 4_000, 300_000, 300_000]);
    expect(pauses(1)).toEqual([2_000, 4_000, 8_000, 600_000, 600_000]);
  });
});
