import { describe, expect, it } from 'vitest';
import { enterChat, usePlainServer } from './plain-fixture.ts';

const fixture = usePlainServer({ env: { CHAT_PING_INTERVAL: '200ms', CHAT_IDLE_TIMEOUT: '1s' } });
const enter = enterChat(fixture);

describe('/ws/chat/{username}/heartbeat (B4)', () => {
  it('is a chat like the others', async () => {
    const alice = await enter('/ws/chat/alice/heartbeat?room=beat');
    const bob = await enter('/ws/chat/bob?room=beat');
    bob.send({ message: 'hi' });
    expect(await alice.nextOf('message')).toMatchObject({ username: 'bob', message: 'hi' });
  });

  it('pings; pongs keep the connection; heartbeats are acknowledged', async () => {
    const alice = await enter('/ws/chat/alice/heartbeat?room=alive');
    for (let round = 0; round < 8; round += 1) {
      expect(await alice.nextJson()).toEqual({ type: 'ping' });
      alice.send({ type: 'pong' });
    }
    alice.send({ type: 'heartbeat', timestamp: 1_700_000_000_000 });
    expect(await alice.nextOf('heartbeat_ack')).toEqual({
      type: 'heartbeat_ack',
      timestamp: 1_700_000_000_000,
      server_time: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('silence closes with 3012 and the others hear of it at once', async () => {
    const watcher = await enter('/ws/chat/watcher?room=silence');
    const silent = await enter('/ws/chat/silent/heartbeat?room=silence');
    await watcher.nextOf('system');
    expect(await silent.closed).toEqual({ code: 3012, reason: 'no heartbeat' });
    expect(await watcher.nextJson()).toMatchObject({
      type: 'system',
      message: 'silent left the chat',
      connected_count: 1,
    });
  });
});
