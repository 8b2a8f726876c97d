import { describe, expect, it } from 'vitest';
import { usePlainServer } from './plain-fixture.ts';

const fixture = usePlainServer({ env: { WS_HEARTBEAT_INTERVAL: '1s' } });

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('/api/ws/notifications (C1, A4)', () => {
  it('connected, notification, heartbeat: in the fixed shapes, on every connection of the user', async () => {
    const sockets = [
      await fixture.connect('/api/ws/notifications', { sub: 'alice' }),
      await fixture.connect('/api/ws/notifications', { sub: 'alice' }),
    ];
    for (const socket of sockets) {
      expect(await socket.nextJson()).toEqual({
        type: 'connected',
        data: {
          connection_id: expect.any(String),
          user_id: 'alice',
          server_time: expect.stringMatching(ISO_TIME),
          heartbeat_interval: 1,
        },
      });
    }
    const notice = {
      title: 'Order shipped',
      content: 'It arrives on Friday.',
      type: 'success',
      link: '/orders/7',
      source: 'shop',
    };
    const accepted = await fixture.post('/api/v1/notifications', { users: ['alice'], ...notice });
    for (const socket of sockets) {
      expect(await socket.nextOf('notification')).toEqual({
        type: 'notification',
        data: {
          ...notice,
          id: accepted['id'],
          created_at: expect.stringMatching(ISO_TIME),
          status: 'unread',
        },
      });
      expect(await socket.nextOf('heartbeat')).toEqual({ type: 'heartbeat' });
    }
  });

  it('others get nothing', async () => {
    const bob = await fixture.connect('/api/ws/notifications', { sub: 'bob' });
    await bob.nextOf('connected');
    await fixture.post('/api/v1/notifications', { users: ['carol'], title: 'for carol' });
    await fixture.post('/api/v1/notifications', { users: ['bob'], title: 'for bob' });
    expect(await bob.nextOf('notification')).toMatchObject({ data: { title: 'for bob' } });
  });

  it('frames that only the SDK knows (counts) are not shown', async () => {
    const dora = await fixture.connect('/api/ws/notifications', { sub: 'dora' });
    await dora.nextOf('connected');
    await fixture.post('/api/v1/notifications', { users: ['dora'], title: 'one' });
    await fixture.post('/api/v1/users/dora/events', { type: 'order_created', order: 7 });
    const types: unknown[] = [];
    while (types.at(-1) !== 'order_created') {
      const { type } = await dora.nextJson();
      if (type !== 'heartbeat') types.push(type);
    }
    expect(types).toEqual(['notification', 'order_created']);
  });

  it('signs of life are understood, everything else is a coded error', async () => {
    const erin = await fixture.connect('/api/ws/notifications', { sub: 'erin' });
    await erin.nextOf('connected');
    erin.send({ type: 'ping' });
    expect(await erin.nextOf('pong')).toEqual({ type: 'pong' });
    erin.send({ type: 'heartbeat', timestamp: 5 });
    expect(await erin.nextOf('heartbeat_ack')).toMatchObject({ timestamp: 5 });
    erin.send({ type: 'message', message: 'hi' });
    expect(await erin.nextOf('error')).toMatchObject({ code: 401 });
  });

  it.each([
    ['no token', '/api/ws/notifications'],
    ['a forged token', '/api/ws/notifications?token=a.b.c'],
    ['an unknown ticket', '/api/ws/notifications?ticket=nothing'],
  ])('%s is refused', async (_what, path) => {
    const client = await fixture.connect(path);
    expect(await client.closed).toEqual({ code: 1008, reason: 'Unauthorized' });
  });

  it('an expired token is refused', async () => {
    const token = await fixture.server.token('alice', {}, '-1s');
    const client = await fixture.connect(`/api/ws/notifications?token=${token}`);
    expect(await client.closed).toEqual({ code: 1008, reason: 'Unauthorized' });
  });

  it('a ticket opens it once (D4)', async () => {
    const response = await fetch(new URL('/api/v1/tickets', fixture.server.url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await fixture.server.token('faye')}`,
        'content-type': 'application/json',
      },
      body: '{}',
    });
    const { ticket } = (await response.json()) as { ticket: string };
    const path = `/api/ws/notifications?ticket=${encodeURIComponent(ticket)}`;
    const first = await fixture.connect(path);
    expect(await first.nextJson()).toMatchObject({ data: { user_id: 'faye' } });
    const second = await fixture.connect(path);
    expect((await second.closed).code).toBe(1008);
  });

  it('the device may be said in the URL (E1)', async () => {
    const phone = await fixture.connect('/api/ws/notifications?device=mobile', { sub: 'gina' });
    const { data } = (await phone.nextOf('connected')) as { data: { connection_id: string } };
    const response = await fetch(new URL('/api/v1/users/gina/devices', fixture.server.url), {
      headers: { 'x-api-key': fixture.server.apiKey },
    });
    expect(await response.text()).toContain('mobile');
    expect(data.connection_id).not.toBe('');
  });
});
