import { describe, expect, it } from 'vitest';
import { enterChat, usePlainServer } from './plain-fixture.ts';

describe('limits of one connection', () => {
  const fixture = usePlainServer();
  const enter = enterChat(fixture);

  it('21 messages at once: the last gets error 111, the connection lives', async () => {
    const alice = await fixture.connect('/ws/chat/alice?room=rate');
    for (let index = 0; index < 21; index += 1) alice.send({ message: `m${index}` });
    expect(await alice.nextOf('error')).toMatchObject({ code: 111 });
    alice.send({ type: 'ping' });
    expect(await alice.nextOf('pong')).toEqual({ type: 'pong' });
  });

  it.each([
    ['not JSON', 'nonsense', 400],
    ['a JSON array', '[1]', 400],
    ['an unknown type', '{"type":"dance"}', 401],
    ['no message', '{"type":"message"}', 402],
    ['a message that is no text', '{"message":{"a":1}}', 402],
    ['too deep', `{"message":"x","a":${'['.repeat(500)}${']'.repeat(500)}}`, 403],
    ['a message of 4,001 characters', JSON.stringify({ message: 'x'.repeat(4001) }), 405],
    ['a target with a control character', '{"message":"x","target_user":"a\\u0007"}', 402],
  ])('%s is answered with a coded error and the connection stays', async (_what, frame, code) => {
    const alice = await enter('/ws/chat/alice?room=bad');
    alice.send(frame);
    expect(await alice.nextOf('error')).toMatchObject({ type: 'error', code });
    alice.send({ type: 'status' });
    expect(await alice.nextOf('status')).toMatchObject({ users: ['alice'] });
  });

  it('a binary frame is a bad one', async () => {
    const alice = await enter('/ws/chat/alice?room=binary');
    alice.send(Buffer.from('{"message":"hi"}'));
    expect(await alice.nextJson()).toMatchObject({ type: 'error', code: 400 });
  });

  it('ten bad frames in a row close with 1008, each answered before', async () => {
    const alice = await enter('/ws/chat/alice?room=ten');
    for (let index = 0; index < 10; index += 1) alice.send('nonsense');
    expect(await alice.closed).toEqual({ code: 1008, reason: 'Too many bad frames' });
    expect(alice.unread).toHaveLength(10);
  });

  it('a frame over 64 KB closes with 1009', async () => {
    const alice = await enter('/ws/chat/alice?room=big');
    alice.send({ message: 'x'.repeat(70_000) });
    expect((await alice.closed).code).toBe(1009);
  });

  it('4,000 characters of any script pass', async () => {
    const alice = await enter('/ws/chat/alice?room=long');
    const message = '語'.repeat(4000);
    alice.send({ message });
    expect(await alice.nextJson()).toMatchObject({ type: 'message', message });
  });

  it('a name with control characters is told, and the connection stays', async () => {
    const nobody = await fixture.connect('/ws/chat/%01bad');
    expect(await nobody.nextJson()).toMatchObject({ type: 'error', code: 402 });
    nobody.send({ message: 'hi' });
    expect(await nobody.nextJson()).toMatchObject({ type: 'error', code: 402 });
  });

  it.each(['/ws/chat/a/b/c', '/nothing'])('no endpoint at %s: 404', async (path) => {
    await expect(fixture.connect(path)).rejects.toThrow('404');
  });

  it('a path that is not well encoded: 400', async () => {
    await expect(fixture.connect('/ws/chat/%E0%A4%A')).rejects.toThrow('400');
  });
});

describe('settings', () => {
  const fixture = usePlainServer({ env: { MESSAGE_RATE: '3/1s', MAX_MESSAGE_LENGTH: '10' } });

  it('rate and length can be set', async () => {
    const alice = await fixture.connect('/ws/chat/alice');
    alice.send({ message: 'x'.repeat(11) });
    expect(await alice.nextJson()).toMatchObject({ code: 405 });
    for (let index = 0; index < 4; index += 1) alice.send({ message: 'x' });
    expect(await alice.nextOf('error')).toMatchObject({ code: 111 });
  });
});

describe('MAX_CONNECTIONS (B7)', () => {
  const fixture = usePlainServer({ env: { MAX_CONNECTIONS: '2' } });
  const enter = enterChat(fixture);

  it('one more is closed with 1008 "Server is full", and there is room when somebody goes', async () => {
    const first = await enter('/ws/chat/alice');
    await enter('/ws/chat/bob');
    for (const path of ['/ws/chat/carol', '/ws', '/ws/carol']) {
      const refused = await fixture.connect(path);
      expect(await refused.closed).toEqual({ code: 1008, reason: 'Server is full' });
    }
    await first.close(1000);
    await enter('/ws/chat/carol');
  });
});

describe('connections of one user (C4)', () => {
  const fixture = usePlainServer({ env: { WS_MAX_CONNECTIONS_PER_USER: '2' } });

  it('one more is closed with 1008 "Too many connections", other users are not touched', async () => {
    for (let index = 0; index < 2; index += 1) {
      const kept = await fixture.connect('/api/ws/notifications', { sub: 'alice' });
      await kept.nextOf('connected');
    }
    const refused = await fixture.connect('/api/ws/notifications', { sub: 'alice' });
    expect(await refused.closed).toEqual({ code: 1008, reason: 'Too many connections' });
    const token = await fixture.server.token('alice');
    const stream = await fetch(`${fixture.server.url}/api/notifications/stream?token=${token}`);
    expect(stream.status).toBe(429);
    expect(await stream.json()).toMatchObject({ code: 111, detail: 'Too many connections' });
    const other = await fixture.connect('/api/ws/notifications', { sub: 'bob' });
    expect(await other.nextJson()).toMatchObject({ type: 'connected' });
  });
});

describe('evict-oldest (C4)', () => {
  const fixture = usePlainServer({
    env: { WS_MAX_CONNECTIONS_PER_USER: '1', WS_CONNECTION_LIMIT_POLICY: 'evict-oldest' },
  });

  it('the new connection is taken and the oldest closed', async () => {
    const oldest = await fixture.connect('/api/ws/notifications', { sub: 'alice' });
    await oldest.nextOf('connected');
    const newest = await fixture.connect('/api/ws/notifications', { sub: 'alice' });
    expect(await newest.nextJson()).toMatchObject({ type: 'connected' });
    expect(await oldest.closed).toEqual({ code: 1008, reason: 'Too many connections' });
  });
});

describe('ALLOW_ANONYMOUS in production', () => {
  const fixture = usePlainServer({
    env: { NODE_ENV: 'production', ALLOW_ANONYMOUS: 'true', HOST: '127.0.0.1' },
  });
  const enter = enterChat(fixture);

  it('the chat is open, a person is not', async () => {
    const alice = await enter('/ws/chat/alice');
    alice.send({ message: 'hi' });
    expect(await alice.nextJson()).toMatchObject({ username: 'alice', message: 'hi' });
    const refused = await fixture.connect('/ws/alice');
    expect(await refused.closed).toEqual({ code: 1008, reason: 'Unauthorized' });
  });
});

describe('production', () => {
  const fixture = usePlainServer({ env: { NODE_ENV: 'production', HOST: '127.0.0.1' } });

  it.each(['/ws', '/ws/chat', '/ws/chat/alice', '/ws/chat/alice/heartbeat', '/ws/alice'])(
    '%s needs a token',
    async (path) => {
      const refused = await fixture.connect(path);
      expect(await refused.closed).toEqual({ code: 1008, reason: 'Unauthorized' });
    },
  );

  it('and takes one, also in the Authorization header', async () => {
    const token = await fixture.server.token('alice');
    const alice = await fixture.connect('/ws/chat/alice', {
      headers: { authorization: `Bearer ${token}` },
    });
    alice.send({ message: 'hi' });
    expect(await alice.nextJson()).toMatchObject({ username: 'alice' });
  });
});
