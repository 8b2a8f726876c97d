import { describe, expect, it } from 'vitest';
import { usePlainServer } from './plain-fixture.ts';

const fixture = usePlainServer();

describe('/ws (B1)', () => {
  it('answers text with "Echo: <text>", whatever it is', async () => {
    const client = await fixture.connect('/ws');
    for (const text of ['hello', '', '{"type":"message"}', '你好 👋', 'x'.repeat(60_000)]) {
      client.send(text);
      expect(await client.next()).toBe(`Echo: ${text}`);
    }
  });

  it('sends binary back as it was, in order with text', async () => {
    const client = await fixture.connect('/ws');
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    client.send('before');
    client.send(bytes);
    client.send('after');
    expect(await client.next()).toBe('Echo: before');
    expect(await client.next()).toEqual(bytes);
    expect(await client.next()).toBe('Echo: after');
  });

  it('a frame over 64 KB closes with 1009', async () => {
    const client = await fixture.connect('/ws');
    client.send('x'.repeat(64 * 1024 + 1));
    expect((await client.closed).code).toBe(1009);
  });

  it('a bad token is refused even where none is needed', async () => {
    const client = await fixture.connect('/ws?token=forged');
    expect(await client.closed).toEqual({ code: 1008, reason: 'Unauthorized' });
  });

  it('what is said while the token is checked is not lost', async () => {
    const client = await fixture.connect('/ws', { sub: 'alice' });
    client.send('one');
    client.send('two');
    expect(await client.next()).toBe('Echo: one');
    expect(await client.next()).toBe('Echo: two');
  });
});

describe('/ws/{user_id} (A10, A5)', () => {
  it('echoes to all connections of that user and to nobody else', async () => {
    const first = await fixture.connect('/ws/erin');
    const second = await fixture.connect('/ws/erin');
    const other = await fixture.connect('/ws/frank');
    second.send('here');
    expect(await second.next()).toBe('Echo: here');
    first.send('hi');
    for (const client of [first, second]) {
      let text = await client.next();
      if (text === 'Echo: here') text = await client.next();
      expect(text).toBe('Echo: hi');
    }
    other.send('me');
    expect(await other.next()).toBe('Echo: me');
  });

  it('an event that a backend posts arrives unchanged at every plain socket of the user', async () => {
    const socket = await fixture.connect('/ws/gina', { sub: 'gina' });
    const notifications = await fixture.connect('/api/ws/notifications', { sub: 'gina' });
    expect((await notifications.nextJson())['type']).toBe('connected');
    socket.send('ready');
    expect(await socket.next()).toBe('Echo: ready');
    const event = { type: 'cart_updated', cart: { items: [1, 2], total: 9.5 } };
    await fixture.post('/api/v1/users/gina/events', event);
    expect(await socket.nextJson()).toEqual(event);
    expect(await notifications.nextJson()).toEqual(event);
  });

  it('a token of somebody else is refused', async () => {
    const client = await fixture.connect('/ws/erin', { sub: 'mallory' });
    expect(await client.closed).toEqual({ code: 1008, reason: 'Unauthorized' });
  });

  it('binary is answered with a coded error and the connection stays', async () => {
    const client = await fixture.connect('/ws/henry');
    client.send(Buffer.from([1, 2, 3]));
    expect(await client.nextJson()).toMatchObject({ type: 'error', code: 400 });
    client.send('still here');
    expect(await client.next()).toBe('Echo: still here');
  });

  it('a text over 4,000 characters is answered with a coded error', async () => {
    const client = await fixture.connect('/ws/henry');
    client.send('x'.repeat(4001));
    expect(await client.nextJson()).toMatchObject({ type: 'error', code: 405 });
  });
});
