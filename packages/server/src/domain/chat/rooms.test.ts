import type { Outcome } from '@carillon/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDomain, type RunningDomain } from '../../../../testkit/src/running-domain.ts';

const valueOf = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(`refused: ${outcome.error} ${outcome.message ?? ''}`);
  return outcome.value;
};

let running: RunningDomain;

beforeAll(async () => {
  running = await openDomain();
});

afterAll(() => running.close());

describe('rooms', () => {
  it('a message is stored, and published in exactly the shape of the plain endpoints', async () => {
    const { rooms } = running.domain;
    const client = await running.connect('bob');
    valueOf(await client.subscribe('room:lobby'));
    const sent = valueOf(await rooms.send('lobby', { sender: 'alice', message: 'hello' }));
    const [told] = await client.waitFor('message');
    expect(told?.body).toEqual({
      type: 'message',
      id: sent.message.id,
      username: 'alice',
      message: 'hello',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      seq: 1,
    });
    expect(JSON.parse(sent.frame)).toEqual(told?.body);
    expect(sent.result?.position?.offset).toBe(1);
  });

  it('shows the newest messages, oldest first, to whoever comes later', async () => {
    const { rooms } = running.domain;
    for (const message of ['1', '2', '3', '4']) {
      valueOf(await rooms.send('history', { sender: 'alice', message }));
    }
    const frames = await rooms.recent('history', 3);
    const shown = frames.map((frame) => (JSON.parse(frame) as { message: string }).message);
    expect(shown).toEqual(['2', '3', '4']);
    expect(await rooms.recent('nobody-was-here', 50)).toEqual([]);
  });

  it('the same clientId of the same sender is stored and told once', async () => {
    const { rooms } = running.domain;
    const client = await running.connect('carol');
    valueOf(await client.subscribe('room:once'));
    const input = { sender: 'alice', clientId: 'c-1', message: 'once' };
    const first = valueOf(await rooms.send('once', input));
    const again = valueOf(await rooms.send('once', input));
    expect(again).toMatchObject({ isNew: false, message: { id: first.message.id } });
    valueOf(await rooms.send('once', { sender: 'alice', message: 'end' }));
    const told = await client.waitFor('message', 2);
    expect(told.map(({ body }) => body['message'])).toEqual(['once', 'end']);
  });

  it.each([
    { what: 'a room name with control characters', room: 'a\u0000b', error: 'invalid_field' },
    { what: 'a room name of 65 characters', room: 'r'.repeat(65), error: 'too_long' },
    { what: 'an empty message', message: '', error: 'invalid_field' },
    { what: 'a message of 4001 characters', message: 'x'.repeat(4_001), error: 'too_long' },
  ])('$what is refused', async ({ room = 'lobby', message = 'hi', error }) => {
    const refused = await running.domain.rooms.send(room, { sender: 'alice', message });
    expect(refused).toMatchObject({ ok: false, error });
  });
});

describe('publishing by native clients in a room', () => {
  it('is stored first, under the name of the connection, whatever the payload says', async () => {
    const client = await running.connect('dave');
    valueOf(await client.subscribe('room:native'));
    const spoof = '{"username":"alice","sender":"alice","message":"hi"}';
    const published = valueOf(await client.session.publish('room:native', spoof, {}));
    expect(published).toMatchObject({ duplicate: false, position: { offset: 1 } });
    const [told] = await client.waitFor('message');
    expect(told?.body).toMatchObject({ username: 'dave', message: 'hi' });
    expect(await running.domain.rooms.recent('native', 10)).toHaveLength(1);
  });

  it('takes a bare JSON string too, and an idempotency key as the clientId', async () => {
    const client = await running.connect('erin');
    const options = { idempotencyKey: 'k-1' };
    valueOf(await client.session.publish('room:bare', '"hello"', options));
    const again = valueOf(await client.session.publish('room:bare', '"hello"', options));
    expect(again).toEqual({ duplicate: true });
    expect(await running.domain.rooms.recent('bare', 10)).toHaveLength(1);
  });

  it.each(['42', '[]', '{}', 'null', '{"message":7}', '{"__proto__":{"message":"x"}}'])(
    'refuses %s and says what to send',
    async (data) => {
      const client = await running.connect('frank');
      const refused = await client.session.publish('room:bad', data, {});
      expect(refused).toMatchObject({ ok: false, error: 'invalid_field' });
    },
  );
});

describe('who may listen', () => {
  it('only members to a chat, only the person to a user channel, only the owner to a task', async () => {
    const { chat, tasks } = running.domain;
    const actor = { user: 'alice' };
    const created = valueOf(await chat.create(actor, { kind: 'group', members: ['bob'] }));
    const { id } = created.conversation;
    valueOf(await tasks.start({ id: 'mine', owner: 'alice' }));
    const answers = async (user: string): Promise<readonly string[]> => {
      const client = await running.connect(user);
      const channels = [`chat:${id}`, 'user:alice', 'task:mine', 'task:unknown', 'chat:unknown'];
      return Promise.all(
        channels.map(async (channel) => {
          const answer = await client.subscribe(channel);
          return answer.ok ? 'yes' : answer.error;
        }),
      );
    };
    expect(await answers('alice')).toEqual([
      'yes',
      'already_subscribed',
      'yes',
      'permission_denied',
      'permission_denied',
    ]);
    const denied = 'permission_denied';
    expect(await answers('bob')).toEqual(['yes', denied, denied, denied, denied]);
    expect(await answers('mallory')).toEqual([denied, denied, denied, denied, denied]);
  });

  it('whoever subscribes to a task gets its present state first', async () => {
    const { tasks } = running.domain;
    valueOf(await tasks.start({ id: 'late', owner: 'alice', totalSteps: 4 }));
    valueOf(await tasks.progress('late', { message: 'half', step: 2 }));
    const client = await running.connect('alice');
    const { data } = valueOf(await client.subscribe('task:late'));
    expect(JSON.parse(data ?? '{}')).toMatchObject({
      type: 'task.snapshot',
      data: { task_id: 'late', message: 'half', step: 2, total_steps: 4, progress: 50 },
    });
  });
});
