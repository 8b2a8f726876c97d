import { describe, expect, it } from 'vitest';
import { enterChat, usePlainServer } from './plain-fixture.ts';

const fixture = usePlainServer({ env: { LEAVE_GRACE: '0s' } });
const enter = enterChat(fixture);

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('/ws/chat/{username} (B2, B3, B5)', () => {
  it('every message goes to all, the sender included, in the fixed shape', async () => {
    const alice = await enter('/ws/chat/alice?room=shape');
    const bob = await enter('/ws/chat/bob?room=shape');
    bob.send({ type: 'message', message: 'hello' });
    await alice.nextOf('system');
    const frames = [await alice.nextJson(), await bob.nextJson()];
    for (const frame of frames) {
      expect(frame).toEqual({
        type: 'message',
        id: expect.any(String),
        username: 'bob',
        message: 'hello',
        timestamp: expect.stringMatching(ISO_TIME),
        seq: 1,
      });
    }
    expect(frames[0]).toEqual(frames[1]);
  });

  it('joins and leaves are told to the others, with the number of connections', async () => {
    const alice = await enter('/ws/chat/alice?room=notices');
    const bob = await enter('/ws/chat/bob?room=notices');
    expect(await alice.nextJson()).toEqual({
      type: 'system',
      message: 'bob joined the chat',
      connected_count: 2,
      id: expect.any(String),
      timestamp: expect.stringMatching(ISO_TIME),
    });
    await bob.close(1000);
    expect(await alice.nextJson()).toMatchObject({
      type: 'system',
      message: 'bob left the chat',
      connected_count: 1,
    });
    alice.send({ message: 'alone' });
    expect(await alice.nextJson()).toMatchObject({ type: 'message', message: 'alone' });
  });

  it('who comes hears nothing of the own arrival', async () => {
    const alice = await enter('/ws/chat/alice?room=quiet');
    alice.send({ message: 'first' });
    expect(await alice.nextJson()).toMatchObject({ type: 'message' });
  });

  it('a second connection of a name is no second arrival, and the first going is no leave', async () => {
    const watcher = await enter('/ws/chat/watcher?room=tabs');
    const first = await enter('/ws/chat/bob?room=tabs');
    expect(await watcher.nextJson()).toMatchObject({ message: 'bob joined the chat' });
    const second = await enter('/ws/chat/bob?room=tabs');
    await first.close(1000);
    second.send({ message: 'still here' });
    expect(await watcher.nextJson()).toMatchObject({ type: 'message', message: 'still here' });
  });

  it('a private message reaches all connections of the target and returns to all of the sender', async () => {
    const alice = await enter('/ws/chat/alice?room=private');
    const bobs = [
      await enter('/ws/chat/bob?room=private'),
      await enter('/ws/chat/bob?room=private'),
    ];
    const carol = await enter('/ws/chat/carol?room=private');
    alice.send({ type: 'message', message: 'psst', target_user: 'bob' });
    const id: unknown = expect.any(String);
    const timestamp: unknown = expect.stringMatching(ISO_TIME);
    const shape = { type: 'private', from: 'alice', message: 'psst', timestamp, id };
    const copy = await alice.nextOf('private');
    expect(copy).toEqual({ ...shape, to: 'bob' });
    for (const bob of bobs) {
      const received = await bob.nextOf('private');
      expect(received).toEqual(shape);
      expect(received['id']).toBe(copy['id']);
    }
    carol.send({ message: 'what?' });
    expect(await carol.nextJson()).toMatchObject({ type: 'message', message: 'what?' });
  });

  it('a private message to somebody who is not in the room is answered with a coded error', async () => {
    await enter('/ws/chat/bob?room=elsewhere');
    const alice = await enter('/ws/chat/alice?room=here');
    alice.send({ message: 'psst', target_user: 'bob' });
    expect(await alice.nextJson()).toMatchObject({ type: 'error', code: 408 });
  });

  it('a private message to oneself comes once', async () => {
    const alice = await enter('/ws/chat/alice?room=self');
    alice.send({ message: 'note', target_user: 'alice' });
    expect(await alice.nextJson()).toMatchObject({ type: 'private', from: 'alice', to: 'alice' });
    alice.send({ message: 'next' });
    expect(await alice.nextJson()).toMatchObject({ type: 'message', message: 'next' });
  });

  it('status counts connections and lists names once', async () => {
    const alice = await enter('/ws/chat/alice?room=status');
    await enter('/ws/chat/bob?room=status');
    await enter('/ws/chat/bob?room=status');
    alice.send({ type: 'status' });
    const status = await alice.nextOf('status');
    expect(status).toEqual({
      type: 'status',
      connected_count: 3,
      users: expect.arrayContaining(['alice', 'bob']),
    });
    expect(status['users']).toHaveLength(2);
  });

  it('a name from the URL cannot be spoofed by the payload', async () => {
    const mallory = await enter('/ws/chat/mallory?room=spoof');
    const victim = await enter('/ws/chat/alice?room=spoof');
    const lie = { username: 'alice', from: 'alice', sender: 'alice', user: 'alice' };
    mallory.send({ type: 'message', message: 'it is me', ...lie });
    expect(await victim.nextJson()).toMatchObject({ type: 'message', username: 'mallory' });
    mallory.send({ type: 'message', message: 'really', target_user: 'alice', ...lie });
    expect(await victim.nextJson()).toMatchObject({ type: 'private', from: 'mallory' });
  });

  it('rooms hear nothing of each other', async () => {
    const red = await enter('/ws/chat/alice?room=red');
    const blue = await enter('/ws/chat/alice?room=blue');
    red.send({ message: 'in red' });
    expect(await red.nextJson()).toMatchObject({ message: 'in red' });
    blue.send({ message: 'in blue' });
    expect(await blue.nextJson()).toMatchObject({ message: 'in blue', seq: 1 });
  });

  it('without ?room= it is the lobby', async () => {
    const alice = await enter('/ws/chat/alice');
    const bob = await enter('/ws/chat/bob?room=lobby');
    bob.send({ message: 'hello lobby' });
    expect(await alice.nextOf('message')).toMatchObject({ message: 'hello lobby' });
  });

  it('names may be in any script and are trimmed', async () => {
    const mei = await enter(`/ws/chat/${encodeURIComponent(' 小美 ')}?room=names`);
    mei.send({ message: '你好' });
    expect(await mei.nextJson()).toMatchObject({ username: '小美', message: '你好' });
  });

  it('messages of one person keep their order', async () => {
    const alice = await enter('/ws/chat/alice?room=order');
    const texts = Array.from({ length: 15 }, (_, index) => `message ${index}`);
    for (const message of texts) alice.send({ message });
    const received: unknown[] = [];
    while (received.length < texts.length) received.push((await alice.nextJson())['message']);
    expect(received).toEqual(texts);
  });
});

describe('history on join (B8)', () => {
  it('shows the last messages, oldest first and marked, before live ones', async () => {
    const alice = await enter('/ws/chat/alice?room=history');
    const sent: object[] = [];
    for (const message of ['one', 'two', 'three']) {
      alice.send({ message });
      sent.push(await alice.nextJson());
    }
    const late = await fixture.connect('/ws/chat/late?room=history');
    await alice.nextOf('system');
    alice.send({ message: 'live' });
    for (const frame of sent) expect(await late.nextJson()).toEqual({ ...frame, history: true });
    expect(await late.nextJson()).toMatchObject({ message: 'live', seq: 4 });
  });

  it('who joins in the middle of a conversation sees every message once', async () => {
    const path = '/ws/chat/talker?room=busy';
    const talkers = await Promise.all(Array.from({ length: 4 }, () => enter(path)));
    const joiners = [];
    for (let index = 0; index < 40; index += 1) {
      talkers[index % talkers.length]?.send({ message: `m${index}` });
      if (index % 4 === 0) joiners.push(fixture.connect(`/ws/chat/joiner${index}?room=busy`));
    }
    for (const joining of joiners) {
      const joiner = await joining;
      const seqs: unknown[] = [];
      while (seqs.length < 40) {
        const frame = await joiner.nextJson();
        if (frame['type'] === 'message') seqs.push(frame['seq']);
      }
      expect(seqs).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    }
  });

  it('private messages are not in it', async () => {
    const alice = await enter('/ws/chat/alice?room=secret');
    const bob = await enter('/ws/chat/bob?room=secret');
    alice.send({ message: 'psst', target_user: 'bob' });
    await bob.nextOf('private');
    const late = await enter('/ws/chat/late?room=secret');
    late.send({ message: 'hi' });
    expect(await late.nextJson()).toMatchObject({ message: 'hi', seq: 1 });
  });
});

describe('/ws/chat (B2)', () => {
  it('gives who has no token a guest name of their own', async () => {
    const first = await enter('/ws/chat?room=guests');
    const second = await enter('/ws/chat?room=guests');
    first.send({ message: 'hi', username: 'alice' });
    const seen = await second.nextOf('message');
    expect(seen['username']).toMatch(/^guest-[0-9a-z]{6}$/);
    second.send({ message: 'hi' });
    expect((await second.nextOf('message'))['username']).not.toBe(seen['username']);
  });

  it("takes the name from the token's sub", async () => {
    const alice = await enter('/ws/chat?room=tokens', { sub: 'alice' });
    alice.send({ message: 'hi' });
    expect(await alice.nextJson()).toMatchObject({ username: 'alice' });
  });
});

describe('access to chat', () => {
  it('with a token the name must be its sub', async () => {
    const alice = await enter('/ws/chat/alice?room=tokens', { sub: 'alice' });
    alice.send({ type: 'status' });
    expect(await alice.nextOf('status')).toMatchObject({ users: ['alice'] });
    const mallory = await fixture.connect('/ws/chat/alice', { sub: 'mallory' });
    expect(await mallory.closed).toEqual({ code: 1008, reason: 'Unauthorized' });
  });

  it('a forged token is refused and nothing of it is logged', async () => {
    const forged = `${await fixture.server.token('alice')}x`;
    const client = await fixture.connect(`/ws/chat/alice?token=${forged}`);
    expect(await client.closed).toEqual({ code: 1008, reason: 'Unauthorized' });
    expect(fixture.server.output()).not.toContain(forged.slice(-20));
  });
});

describe('languages', () => {
  it.each([
    ['zh-TW', 'zed 加入了聊天室', '此訊息不是 JSON 物件'],
    ['zh-CN', 'zed 加入了聊天室', '该消息不是 JSON 对象'],
    ['en', 'zed joined the chat', 'the frame is not a JSON object'],
  ])('?lang=%s', async (lang, joined, error) => {
    const alice = await enter(`/ws/chat/alice?room=lang-${lang}&lang=${lang}`);
    await enter(`/ws/chat/zed?room=lang-${lang}`);
    expect(await alice.nextJson()).toMatchObject({ type: 'system', message: joined });
    alice.send('nonsense');
    expect(await alice.nextJson()).toEqual({ type: 'error', code: 400, message: error });
  });

  it('Accept-Language decides where ?lang= says nothing', async () => {
    const headers = { 'accept-language': 'fr, zh-HK;q=0.8, en;q=0.5' };
    const alice = await enter('/ws/chat/alice?room=lang-header', { headers });
    const bob = await enter('/ws/chat/bob?room=lang-header');
    await alice.nextOf('system');
    await bob.close(1000);
    expect(await alice.nextJson()).toMatchObject({ message: 'bob 離開了聊天室' });
  });
});
