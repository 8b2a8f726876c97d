/** Chat over a scripted server, with a clock that the test moves: gaps, holes, typing, read marks, unread. */
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../testkit/src/fake-clock.ts';
import { ScriptedClient, ScriptedStreams } from '../../../testkit/src/sdk/scripted-streams.ts';
import { createOutbox } from '../outbox/create-outbox.ts';
import type { ConversationItem, Message } from './chat.ts';
import { createChat } from './create-chat.ts';

const AT = '2026-11-20T10:00:00.000Z';
const CHAT = 'chat:c';

/** A server with the one conversation of ann (who is here) and ben. */
function scripted({ kept = 1_000, readSeq = 0 } = {}) {
  const clock = createFakeClock();
  const streams = new ScriptedStreams(kept);
  const messages: Message[] = [];
  const calls: (readonly [string, unknown])[] = [];
  const item = (): ConversationItem => ({
    id: 'c',
    kind: 'direct',
    created_at: AT,
    last_seq: messages.length,
    rev: messages.length,
    unread: messages.length - readSeq,
    members: ['ann', 'ben'].map((user) => ({
      user,
      role: 'member',
      read_seq: user === 'ann' ? readSeq : 0,
      joined_at: AT,
    })),
    ...(messages.length > 0 && { last_message: messages.at(-1) as Message }),
  });
  const store = (sender: string, clientId: string): Message => {
    const seq = messages.length + 1;
    const stored = {
      id: `m${seq}`,
      conversation_id: 'c',
      seq,
      sender,
      client_id: clientId,
      kind: 'text',
      content: `text ${seq}`,
      rev: seq,
      created_at: AT,
    };
    messages.push(stored);
    return stored;
  };
  const answers: Readonly<Record<string, (input: never) => unknown>> = {
    'chat.list': () => ({ conversations: [item()] }),
    'chat.get': () => item(),
    'chat.typing': () => ({ ok: true }),
    'chat.read': ({ seq }: { seq: number }) => ({ read_seq: seq, unread: 0, rev: 1 }),
    'chat.send': ({ clientId }: { clientId: string }) => say('ann', clientId),
    'chat.history': ({ before, after, limit }: Partial<Record<string, number>>) => {
      const all = messages.filter(({ seq }) => seq < (before ?? Infinity) && seq > (after ?? 0));
      const page = after === undefined ? all.slice(-(limit ?? 50)) : all.slice(0, limit);
      return { messages: page, has_more: page.length < all.length };
    },
  };
  const client = new ScriptedClient({
    streams,
    own: ['user:ann'],
    user: 'ann',
    after: (ms, callback) => clock.after(ms, callback),
    answer: (method, input) => {
      calls.push([method, input]);
      return Promise.resolve(answers[method]?.(input as never));
    },
  });
  const tell = (message: Message): void => {
    for (const channel of [CHAT, 'user:ann']) {
      streams.publish(channel, { type: 'message', data: message });
    }
  };
  const say = (sender: string, clientId = `${sender}-${messages.length + 1}`): Message => {
    const message = store(sender, clientId);
    tell(message);
    return message;
  };
  client.connect();
  const outbox = createOutbox({ client, user: 'ann', clock });
  const chat = createChat({ client, outbox, user: 'ann', clock });
  return { clock, streams, client, chat, messages, calls, store, tell, say, outbox };
}

type World = ReturnType<typeof scripted>;

const inputsOf = ({ calls }: World, method: string): unknown[] =>
  calls.flatMap(([name, input]) => (name === method ? [input] : []));

async function opened(world: World) {
  const conversation = world.chat.open('c');
  await world.clock.advance(100);
  return conversation;
}

const seqs = ({ messages }: { messages: readonly Message[] }): number[] =>
  messages.map(({ seq }) => seq);

test('an own message is shown at once, then in the server’s place, never twice', async () => {
  const world = scripted();
  const conversation = await opened(world);
  const seen: string[] = [];
  conversation.state.subscribe(() => {
    const { messages, pending } = conversation.state.get();
    seen.push(`${messages.length}+${pending.length}`);
  });
  const id = conversation.send({ content: 'Hello' });
  expect(conversation.state.get().pending).toMatchObject([{ clientId: id, content: 'Hello' }]);
  await world.clock.advance(100);
  expect(conversation.state.get().messages).toMatchObject([{ client_id: id }]);
  expect(new Set(seen)).toEqual(new Set(['0+1', '1+0']));
});

test('a message that overtook another is held back until the other is fetched', async () => {
  const world = scripted();
  const conversation = await opened(world);
  world.store('ben', 'told late');
  world.say('ben');
  await world.clock.advance(100);
  expect(seqs(conversation.state.get())).toEqual([1, 2]);
  expect(inputsOf(world, 'chat.history').at(-1)).toMatchObject({ after: 0 });
});

test('what was missed is fetched after a gap; too much shows the newest, and says so', async () => {
  const world = scripted({ kept: 5 });
  world.say('ben');
  const conversation = await opened(world);
  const missed = (count: number): Promise<void> => {
    world.client.disconnect();
    for (let n = 0; n < count; n += 1) world.say('ben');
    world.client.connect();
    return world.clock.advance(100);
  };
  await missed(50);
  expect(conversation.state.get()).toMatchObject({ hadGap: false, status: 'ready' });
  expect(seqs(conversation.state.get())).toHaveLength(51);
  await missed(300);
  expect(conversation.state.get()).toMatchObject({ hadGap: true, hasOlder: true });
  expect(seqs(conversation.state.get())).toEqual(Array.from({ length: 200 }, (_, n) => n + 152));
  await conversation.loadOlder();
  expect(seqs(conversation.state.get())[0]).toBe(102);
});

test('typing is told at most every three seconds, and ends five after the last key', async () => {
  const world = scripted();
  const conversation = await opened(world);
  for (let n = 0; n < 40; n += 1) {
    conversation.setTyping(true);
    await world.clock.advance(100);
  }
  const told = (): unknown[] =>
    inputsOf(world, 'chat.typing').map((input) => (input as { is_typing: boolean }).is_typing);
  expect(told()).toEqual([true, true]);
  await world.clock.advance(5_000);
  expect(told()).toEqual([true, true, false]);
});

test('who is typing is forgotten after a while, or with their message', async () => {
  const world = scripted();
  const conversation = await opened(world);
  const typing = { conversation_id: 'c', user: 'ben', is_typing: true };
  world.streams.publish(CHAT, { type: 'typing', data: typing });
  await world.clock.advance(10);
  expect(conversation.state.get().typing).toEqual(['ben']);
  await world.clock.advance(6_000);
  expect(conversation.state.get().typing).toEqual([]);
  world.streams.publish(CHAT, { type: 'typing', data: typing });
  world.say('ben');
  await world.clock.advance(10);
  expect(conversation.state.get().typing).toEqual([]);
});

test('read marks only go forward; the first is told at once, what follows as one', async () => {
  const world = scripted();
  for (let n = 0; n < 9; n += 1) world.say('ben');
  const conversation = await opened(world);
  for (const seq of [1, 3, 2, 7, 9, 4]) conversation.markRead(seq);
  expect(conversation.state.get().readSeqs['ann']).toBe(9);
  await world.clock.advance(5_000);
  expect(inputsOf(world, 'chat.read')).toMatchObject([{ seq: 1 }, { seq: 9 }]);
});

test('the first unread message stays what it was at opening', async () => {
  const world = scripted({ readSeq: 2 });
  for (let n = 0; n < 4; n += 1) world.say('ben');
  const conversation = await opened(world);
  expect(conversation.state.get().firstUnreadSeq).toBe(3);
  conversation.markRead(4);
  world.say('ben');
  await world.clock.advance(1_000);
  expect(conversation.state.get().firstUnreadSeq).toBe(3);
});

test('unread follows from the last message and the own mark, whatever is told twice or late', async () => {
  const world = scripted();
  world.chat.unread.subscribe(() => undefined);
  await world.clock.advance(100);
  const first = world.say('ben');
  world.say('ben');
  await world.clock.advance(10);
  expect(world.chat.unread.get()).toBe(2);
  world.tell(first);
  await world.clock.advance(10);
  expect(world.chat.unread.get()).toBe(2);
  const read = (readSeq: number): void =>
    world.streams.publish('user:ann', {
      type: 'read',
      data: { conversation_id: 'c', user: 'ann', read_seq: readSeq, unread: 0, rev: 5 },
    });
  read(2);
  read(1);
  await world.clock.advance(10);
  expect(world.chat.unread.get()).toBe(0);
  world.say('ben');
  world.say('ann');
  await world.clock.advance(10);
  expect(world.chat.unread.get()).toBe(0);
});

test('the list is loaded when somebody looks, and not before', async () => {
  const world = scripted();
  await world.clock.advance(100);
  expect(inputsOf(world, 'chat.list')).toEqual([]);
  world.chat.conversations.subscribe(() => undefined);
  await world.clock.advance(100);
  expect(inputsOf(world, 'chat.list')).toHaveLength(1);
});

test('a conversation is shared by who holds it, and closed a moment after the last let go', async () => {
  const world = scripted();
  const [one, two] = [world.chat.open('c'), world.chat.open('c')];
  await world.clock.advance(100);
  expect(one.state).toBe(two.state);
  one.release();
  one.release();
  await world.clock.advance(2_000);
  expect(world.client.channel(CHAT).state.get().status).toBe('subscribed');
  two.release();
  await world.clock.advance(2_000);
  expect(world.client.channel(CHAT).state.get().status).toBe('unsubscribed');
});
