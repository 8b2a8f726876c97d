import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDomain, type RunningDomain } from '../../../../testkit/src/running-domain.ts';
import type { Outcome } from '@carillon/protocol';
import type { Conversation } from '../../ports/chat-store.ts';
import { StoreUnavailableError, type Store } from '../../ports/store.ts';

const valueOf = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(`refused: ${outcome.error} ${outcome.message ?? ''}`);
  return outcome.value;
};

const alice = { user: 'alice' };
const bob = { user: 'bob' };
const mallory = { user: 'mallory' };

let running: RunningDomain;

beforeAll(async () => {
  running = await openDomain();
});

afterAll(() => running.close());

const group = async (...members: string[]): Promise<Conversation> =>
  valueOf(await running.domain.chat.create(alice, { kind: 'group', members })).conversation;

describe('conversations', () => {
  it('a direct conversation is the same one, whoever of the two asks', async () => {
    const { chat } = running.domain;
    const first = valueOf(await chat.create(alice, { kind: 'direct', members: ['bob'] }));
    const again = valueOf(await chat.create(bob, { kind: 'direct', members: ['alice'] }));
    expect(first.isNew).toBe(true);
    expect(again).toMatchObject({ isNew: false, conversation: { id: first.conversation.id } });
  });

  it.each([
    ['with oneself', ['alice']],
    ['of three', ['bob', 'carol']],
  ])('a direct conversation %s is refused', async (_what, members) => {
    const refused = await running.domain.chat.create(alice, { kind: 'direct', members });
    expect(refused).toMatchObject({ ok: false, error: 'invalid_field' });
  });

  it('the creator is an owner and a member, and everybody added hears of it', async () => {
    const client = await running.connect('bob');
    const conversation = await group('bob', 'carol');
    expect(conversation.members.map(({ user, role }) => `${user} ${role}`).toSorted()).toEqual([
      'alice owner',
      'bob member',
      'carol member',
    ]);
    const [told] = await client.waitFor('member');
    expect(told?.data).toMatchObject({ conversation_id: conversation.id, kind: 'group' });
  });

  it('a stranger learns nothing and does nothing', async () => {
    const { chat } = running.domain;
    const { id } = await group('bob');
    const refusals = await Promise.all([
      chat.get(mallory, id),
      chat.send(mallory, id, { content: 'hi' }),
      chat.history(mallory, id, {}),
      chat.markRead(mallory, id, 1),
      chat.typing(mallory, id, true),
      chat.addMembers(mallory, id, ['mallory']),
      chat.removeMember(mallory, id, 'bob'),
    ]);
    expect(refusals.map((refusal) => (refusal.ok ? 'done' : refusal.error))).toEqual(
      Array.from(refusals, () => 'not_member'),
    );
    expect(await chat.get(alice, 'no-such-id')).toMatchObject({ ok: false, error: 'not_found' });
  });

  it('only owners change the members; everybody may leave', async () => {
    const { chat } = running.domain;
    const { id } = await group('bob', 'carol');
    expect(await chat.removeMember(bob, id, 'carol')).toMatchObject({ error: 'permission_denied' });
    expect(await chat.addMembers(bob, id, ['dave'])).toMatchObject({ error: 'permission_denied' });
    valueOf(await chat.leave(bob, id));
    valueOf(await chat.addMembers(alice, id, ['dave']));
    const { members } = valueOf(await chat.get(alice, id));
    expect(members.map(({ user }) => user).toSorted()).toEqual(['alice', 'carol', 'dave']);
  });

  it('a removed member is unsubscribed at once, hears nothing more and cannot come back', async () => {
    const { chat } = running.domain;
    const { id } = await group('bob');
    const client = await running.connect('bob');
    valueOf(await client.subscribe(`chat:${id}`));
    valueOf(await chat.send(alice, id, { content: 'one' }));
    await client.waitFor('message', 1);
    valueOf(await chat.removeMember(alice, id, 'bob'));
    expect(running.node.subscriberCount(`chat:${id}`)).toBe(0);
    const before = client.ofType('message').length;
    valueOf(await chat.send(alice, id, { content: 'two' }));
    await running.settled();
    expect(client.ofType('message')).toHaveLength(before);
    expect(await client.subscribe(`chat:${id}`)).toMatchObject({ error: 'permission_denied' });
    expect(await chat.send(bob, id, { content: 'still here' })).toMatchObject({
      error: 'not_member',
    });
  });

  it('only owners write in a broadcast conversation', async () => {
    const { chat } = running.domain;
    const created = valueOf(await chat.create(alice, { kind: 'broadcast', members: ['bob'] }));
    const { id } = created.conversation;
    valueOf(await chat.send(alice, id, { content: 'news' }));
    expect(await chat.send(bob, id, { content: 'me too' })).toMatchObject({
      error: 'permission_denied',
    });
  });

  it('limits are told with the value and the way out', async () => {
    const { chat } = running.domain;
    const { id } = await group('bob');
    const long = await chat.send(alice, id, { content: 'x'.repeat(4_001) });
    expect(long).toMatchObject({
      error: 'too_long',
      message: 'content has 4001 characters: shorten it to 4000',
    });
    const emoji = await chat.send(alice, id, { content: '👋'.repeat(4_000) });
    expect(emoji.ok).toBe(true);
    expect(await chat.send(alice, id, { content: '' })).toMatchObject({ error: 'invalid_field' });
    expect(await chat.create(alice, { kind: 'group', members: ['a\nb'] })).toMatchObject({
      error: 'invalid_field',
    });
    const crowd = Array.from({ length: 1_001 }, (_, index) => `user${index}`);
    expect(await chat.addMembers(alice, id, crowd)).toMatchObject({ error: 'too_many' });
  });
});

describe('messages', () => {
  it('are numbered without a hole and told in that order, also when many are sent at once', async () => {
    const { chat } = running.domain;
    const { id } = await group('bob');
    const client = await running.connect('bob');
    valueOf(await client.subscribe(`chat:${id}`));
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        chat.send(index % 2 === 0 ? alice : bob, id, { content: `m${index}` }),
      ),
    );
    const told = (await client.waitFor('message', 100)).filter(
      ({ channel }) => channel === `chat:${id}`,
    );
    expect(told.map(({ data }) => data['seq'])).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
    const stored = valueOf(await chat.history(alice, id, { limit: 200 }));
    expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  it('the same clientId again gives the first result and is told once', async () => {
    const { chat } = running.domain;
    const { id } = await group('bob');
    const client = await running.connect('bob');
    valueOf(await client.subscribe(`chat:${id}`));
    const input = { content: 'only once', clientId: 'c-1' };
    const sent = await Promise.all(Array.from({ length: 5 }, () => chat.send(alice, id, input)));
    const values = sent.map(valueOf);
    expect(new Set(values.map(({ message }) => message.id)).size).toBe(1);
    expect(values.filter(({ isNew }) => isNew)).toHaveLength(1);
    valueOf(await chat.send(alice, id, { content: 'end' }));
    const told = (await client.waitFor('message', 4)).filter(({ channel }) =>
      channel.startsWith('chat:'),
    );
    expect(told.map(({ data }) => data['content'])).toEqual(['only once', 'end']);
    expect(told[0]?.tags).toEqual({ cid: 'c-1' });
  });

  it('carry everything a client needs, with the type first', async () => {
    const { chat } = running.domain;
    const { id } = await group('bob');
    const client = await running.connect('bob');
    valueOf(await client.subscribe(`chat:${id}`));
    const attributes = '{"mentions":["bob"]}';
    valueOf(await chat.send(alice, id, { content: '你好', clientId: 'c-1', attributes }));
    const [told] = await client.waitFor('message');
    expect(told?.body).toEqual({
      type: 'message',
      data: {
        id: expect.any(String),
        conversation_id: id,
        seq: 1,
        sender: 'alice',
        client_id: 'c-1',
        kind: 'text',
        content: '你好',
        rev: expect.any(Number),
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        attributes: { mentions: ['bob'] },
      },
    });
    expect(Object.keys(told?.body ?? {})[0]).toBe('type');
  });

  it('reach a member who has not opened the conversation as a hint in the own channel', async () => {
    const { id } = await group('bob');
    const client = await running.connect('bob');
    valueOf(await running.domain.chat.send(alice, id, { content: 'psst' }));
    const [hint] = await client.waitFor('message');
    expect(hint).toMatchObject({ channel: 'user:bob', data: { conversation_id: id, seq: 1 } });
  });

  it('sending implies having read up to the own message', async () => {
    const { chat } = running.domain;
    const { id } = await group('bob');
    valueOf(await chat.send(bob, id, { content: 'one' }));
    valueOf(await chat.send(alice, id, { content: 'two' }));
    const unread = async (actor: { user: string }): Promise<number | undefined> =>
      valueOf(await chat.list(actor, {})).items[0]?.unread;
    expect(await unread(alice)).toBe(0);
    expect(await unread(bob)).toBe(1);
  });

  it('a read mark only moves forward, and is told once to the others and the own devices', async () => {
    const { chat } = running.domain;
    const { id } = await group('bob');
    for (const content of ['1', '2', '3']) valueOf(await chat.send(alice, id, { content }));
    const watching = await running.connect('alice');
    const other = await running.connect('bob');
    valueOf(await watching.subscribe(`chat:${id}`));
    expect(valueOf(await chat.markRead(bob, id, 2))).toMatchObject({ readSeq: 2, unread: 1 });
    expect(valueOf(await chat.markRead(bob, id, 1))).toMatchObject({ readSeq: 2, hasMoved: false });
    expect(valueOf(await chat.markRead(bob, id, 99))).toMatchObject({ readSeq: 3, unread: 0 });
    const told = await watching.waitFor('read', 2);
    expect(told.map(({ data }) => data['read_seq'])).toEqual([2, 3]);
    expect((await other.waitFor('read', 2))[1]?.data).toMatchObject({ user: 'bob', unread: 0 });
  });

  it('typing reaches the others, not the one who types, and is stored nowhere', async () => {
    const { chat } = running.domain;
    const { id } = await group('bob');
    const typist = await running.connect('alice');
    const reader = await running.connect('bob');
    valueOf(await typist.subscribe(`chat:${id}`));
    valueOf(await reader.subscribe(`chat:${id}`));
    valueOf(await chat.typing(alice, id, true));
    expect((await reader.waitFor('typing'))[0]?.data).toEqual({
      conversation_id: id,
      user: 'alice',
      is_typing: true,
    });
    expect(typist.ofType('typing')).toEqual([]);
    const history = valueOf(await running.node.history(`chat:${id}`, { limit: -1 }));
    expect(history.publications.filter(({ data }) => data.includes('typing'))).toEqual([]);
  });
});

describe('what a store that cannot save means', () => {
  it('nothing is published before the commit, nor when it fails', async () => {
    await running.close();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let isFailing = false;
    const wrapStore = (store: Store): Store => ({
      ...store,
      chat: {
        ...store.chat,
        async appendMessage(input) {
          if (isFailing) throw new StoreUnavailableError('disk full');
          await held;
          return store.chat.appendMessage(input);
        },
      },
    });
    running = await openDomain({ wrapStore });
    const { chat } = running.domain;
    const { id } = await group('bob');
    const client = await running.connect('bob');
    valueOf(await client.subscribe(`chat:${id}`));
    const sending = chat.send(alice, id, { content: 'later' });
    await running.settled();
    expect(client.ofType('message')).toEqual([]);
    release();
    valueOf(await sending);
    await client.waitFor('message', 2);
    isFailing = true;
    expect(await chat.send(alice, id, { content: 'lost' })).toEqual({
      ok: false,
      error: 'storage_unavailable',
    });
    await running.settled();
    expect(client.ofType('message')).toHaveLength(2);
  });
});
