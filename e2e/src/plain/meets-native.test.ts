import { Centrifuge, type PublicationContext, type Subscription } from 'centrifuge';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { enterChat, usePlainServer } from './plain-fixture.ts';

const fixture = usePlainServer({ env: { LEAVE_GRACE: '0s' } });
const enter = enterChat(fixture);

const sdks: Centrifuge[] = [];

afterEach(() => {
  for (const sdk of sdks.splice(0)) sdk.disconnect();
});

const connectSdk = async (user: string): Promise<Centrifuge> => {
  const sdk = new Centrifuge(`${fixture.server.wsUrl}/connection/websocket`, {
    token: await fixture.server.token(user),
    websocket: WebSocket,
  });
  sdks.push(sdk);
  sdk.connect();
  await sdk.ready(5_000);
  return sdk;
};

const joinRoom = async (sdk: Centrifuge, room: string): Promise<Subscription> => {
  const subscription = sdk.newSubscription(`room:${room}`, { joinLeave: true });
  subscription.subscribe();
  await subscription.ready(5_000);
  return subscription;
};

const nextPublication = (from: Subscription): Promise<PublicationContext> =>
  new Promise((resolve) => {
    from.once('publication', resolve);
  });

describe('plain and native clients in one room', () => {
  it('a message of a plain client reaches the SDK in the same shape', async () => {
    const room = await joinRoom(await connectSdk('nora'), 'mixed-1');
    const alice = await enter('/ws/chat/alice?room=mixed-1');
    const received = nextPublication(room);
    alice.send({ message: 'hello SDK' });
    const frame = await alice.nextOf('message');
    expect((await received).data).toEqual(frame);
    expect(frame).toMatchObject({ username: 'alice', message: 'hello SDK' });
  });

  it('a message of the SDK reaches plain clients, under the name of its token', async () => {
    const alice = await enter('/ws/chat/alice?room=mixed-2');
    const room = await joinRoom(await connectSdk('nora'), 'mixed-2');
    expect(await alice.nextJson()).toMatchObject({
      type: 'system',
      message: 'nora joined the chat',
    });
    await room.publish({ message: 'hello socket', username: 'alice' });
    expect(await alice.nextJson()).toMatchObject({
      type: 'message',
      username: 'nora',
      message: 'hello socket',
      id: expect.any(String),
      timestamp: expect.any(String),
    });
    room.unsubscribe();
    expect(await alice.nextJson()).toMatchObject({ type: 'system', message: 'nora left the chat' });
  });

  it('both are in the history and in the lists of both', async () => {
    const sdk = await connectSdk('nora');
    const room = await joinRoom(sdk, 'mixed-3');
    const alice = await enter('/ws/chat/alice?room=mixed-3');
    await room.publish({ message: 'one' });
    alice.send({ message: 'two' });
    await alice.nextOf('message');
    await alice.nextOf('message');
    const history = await room.history({ limit: 10 });
    expect(history.publications.map(({ data }) => (data as { message: string }).message)).toEqual([
      'one',
      'two',
    ]);
    const late = await enter('/ws/chat/alice?room=mixed-3');
    const status = await (late.send({ type: 'status' }), late.nextOf('status'));
    expect(status).toMatchObject({ connected_count: 3 });
    expect(status['users']).toEqual(expect.arrayContaining(['alice', 'nora']));
    const { clients } = await room.presence();
    const users = Object.values(clients).map(({ user }) => user);
    expect(users.toSorted()).toEqual(['alice', 'alice', 'nora']);
  });

  it('the SDK hears plain clients come and go', async () => {
    const room = await joinRoom(await connectSdk('nora'), 'mixed-4');
    const joined = new Promise((resolve) => {
      room.once('join', ({ info }) => resolve(info.user));
    });
    const left = new Promise((resolve) => {
      room.once('leave', ({ info }) => resolve(info.user));
    });
    const alice = await enter('/ws/chat/alice?room=mixed-4');
    expect(await joined).toBe('alice');
    await alice.close(1000);
    expect(await left).toBe('alice');
  });

  it('a private message reaches an SDK in the room through its own channel', async () => {
    const sdk = await connectSdk('nora');
    await joinRoom(sdk, 'mixed-5');
    const alice = await enter('/ws/chat/alice?room=mixed-5');
    const received = new Promise((resolve) => {
      sdk.on('publication', ({ channel, data }) => {
        if (channel === 'user:nora') resolve(data);
      });
    });
    alice.send({ message: 'psst', target_user: 'nora' });
    expect(await alice.nextOf('private')).toMatchObject({ to: 'nora' });
    expect(await received).toMatchObject({
      type: 'private',
      from: 'alice',
      room: 'mixed-5',
      message: 'psst',
    });
  });

  it('a notification reaches the SDK, the plain socket and /ws/{user_id} alike', async () => {
    const sdk = await connectSdk('olga');
    const received = new Promise((resolve) => {
      sdk.on('publication', ({ data }) => {
        if ((data as { type?: string }).type === 'notification') resolve(data);
      });
    });
    const notifications = await fixture.connect('/api/ws/notifications', { sub: 'olga' });
    await notifications.nextOf('connected');
    const own = await fixture.connect('/ws/olga', { sub: 'olga' });
    own.send('ready');
    await own.next();
    await fixture.post('/api/v1/notifications', { users: ['olga'], title: 'to all' });
    const frame = await notifications.nextOf('notification');
    expect(frame).toMatchObject({ data: { title: 'to all' } });
    expect(await own.nextJson()).toEqual(frame);
    expect(await received).toEqual(frame);
  });
});
