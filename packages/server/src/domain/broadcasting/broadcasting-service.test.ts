import type { Outcome } from '@carillon/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDomain, type RunningDomain } from '../../../../testkit/src/running-domain.ts';
import {
  startWebhookReceiver,
  type WebhookReceiver,
} from '../../../../testkit/src/webhook-receiver.ts';
import { createWebhookPushSender } from '../../adapters/push-webhook/webhook-push-sender.ts';
import type { Push, PushSender } from '../../ports/push-sender.ts';

const valueOf = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(`refused: ${outcome.error} ${outcome.message ?? ''}`);
  return outcome.value;
};

const SECRET = 'a secret of more than thirty-two bytes';
const pushes: Push[] = [];
const recorder: PushSender = {
  name: 'recorder',
  send(push) {
    pushes.push(push);
    return Promise.resolve({ type: 'delivered' });
  },
  close: () => Promise.resolve(),
};

let running: RunningDomain;
let receiver: WebhookReceiver;
let webhook: PushSender;
let serial = 0;

/** People of their own for each test. */
const people = (): readonly [string, string, string] => {
  serial++;
  return [`sender${serial}`, `online${serial}`, `away${serial}`];
};

const conversationOf = async (...members: readonly string[]): Promise<string> => {
  const created = await running.domain.chat.create({ backend: true }, { kind: 'group', members });
  return valueOf(created).conversation.id;
};

beforeAll(async () => {
  receiver = await startWebhookReceiver({ secret: SECRET });
  webhook = createWebhookPushSender({
    url: receiver.url,
    secret: SECRET,
    clock: { now: () => Date.now() },
    logger: { info: () => undefined },
    allowPrivateHosts: true,
  });
  running = await openDomain({ pushSenders: [recorder, webhook] });
});

afterEach(() => {
  pushes.length = 0;
});

afterAll(async () => {
  await running.close();
  await webhook.close();
  await receiver.close();
});

describe('broadcasting', () => {
  it('a message reaches those online in real time and those away by push, by every provider', async () => {
    const [sender, online, away] = people();
    const id = await conversationOf(sender, online, away);
    const client = await running.connect(online);
    valueOf(await client.subscribe(`chat:${id}`));
    const { broadcasting, relay } = running.domain;
    const before = receiver.accepted.length;
    valueOf(await broadcasting.broadcastMessage(id, { sender, content: 'hello' }));
    expect((await client.waitFor('message'))[0]?.data).toMatchObject({ sender, content: 'hello' });
    await relay.flush();
    expect(pushes).toMatchObject([
      { user: away, title: sender, body: 'hello', collapseKey: `chat:${id}`, badge: 1 },
    ]);
    expect(receiver.accepted.slice(before)).toMatchObject([{ user: away, title: sender }]);
    expect(running.log.some(({ message }) => message === 'message broadcast')).toBe(true);
  });

  it('who is excluded is neither told nor pushed to', async () => {
    const [sender, online, away] = people();
    const id = await conversationOf(sender, online, away);
    const excluded = await running.connect(online);
    const other = await running.connect(sender);
    for (const client of [excluded, other]) valueOf(await client.subscribe(`chat:${id}`));
    const { broadcasting, relay } = running.domain;
    const message = { sender: 'system', content: 'not for everybody' };
    valueOf(await broadcasting.broadcastMessage(id, message, { excludeUserId: online }));
    valueOf(await broadcasting.broadcastMessage(id, message, { excludeUserId: away }));
    await other.waitFor('message', 4);
    await relay.flush();
    expect(pushes.map(({ user }) => user)).toEqual([away]);
    const heard = excluded.ofType('message').filter(({ channel }) => channel.startsWith('chat:'));
    expect(heard).toHaveLength(1);
  });

  it('a consultation reply is pushed to phones and tablets only', async () => {
    const [sender, online, away] = people();
    const id = await conversationOf(sender, online, away);
    const client = await running.connect(online);
    const { broadcasting, relay } = running.domain;
    valueOf(await broadcasting.broadcastConsultationReply(id, { sender, content: 'take two' }));
    expect((await client.waitFor('message'))[0]?.data).toMatchObject({
      kind: 'consultation_reply',
    });
    await relay.flush();
    expect(pushes).toMatchObject([{ user: away, mobileOnly: true }]);
  });

  it('a mobile-only notification is pushed, connected or not, and shown on no desktop', async () => {
    const [, online, away] = people();
    const desktop = await running.connect(online, 'desktop');
    const { broadcasting, inbox, relay } = running.domain;
    const notification = { title: 'Code', body: '1234', collapseKey: 'code' };
    const accepted = await broadcasting.sendMobileOnlyNotification([online, away], notification);
    expect(valueOf(accepted).accepted).toBe(2);
    await relay.flush();
    expect(pushes.map(({ user, title, mobileOnly }) => [user, title, mobileOnly])).toEqual([
      [online, 'Code', true],
      [away, 'Code', true],
    ]);
    expect(new Set(pushes.map(({ id }) => id)).size).toBe(2);
    expect(desktop.seen).toEqual([]);
    expect(valueOf(await inbox.counts(online)).total).toBe(0);
  });

  it('typing and read status reach the conversation', async () => {
    const [sender, online] = people();
    const id = await conversationOf(sender, online);
    const client = await running.connect(online);
    valueOf(await client.subscribe(`chat:${id}`));
    const { broadcasting } = running.domain;
    const sent = [];
    for (const content of ['1', '2', '3']) {
      sent.push(valueOf(await broadcasting.broadcastMessage(id, { sender: online, content })));
    }
    const ids = sent.map(({ message }) => message.id);
    valueOf(await broadcasting.broadcastTypingStatus(id, sender, true));
    expect((await client.waitFor('typing'))[0]?.data).toMatchObject({ user: sender });
    const [first = '', second = ''] = ids;
    const read = await broadcasting.broadcastReadStatus(id, sender, [second, first, 'unknown']);
    expect(valueOf(read)).toMatchObject({ readSeq: 2, unread: 1 });
    expect((await client.waitFor('read'))[0]?.data).toMatchObject({ user: sender, read_seq: 2 });
    expect(await broadcasting.broadcastReadStatus(id, sender, ['unknown'])).toMatchObject({
      error: 'not_found',
    });
  });

  it('a system notification reaches the users named, a conversation, or everybody connected', async () => {
    const [sender, online, away] = people();
    const id = await conversationOf(sender, away);
    const client = await running.connect(online);
    const { broadcasting, inbox } = running.domain;
    const notification = { title: 'Maintenance at 22:00' };
    const named = await broadcasting.broadcastSystemNotification(notification, { users: [online] });
    expect(valueOf(named).accepted).toBe(1);
    const members = { conversationId: id };
    const inside = await broadcasting.broadcastSystemNotification(notification, members);
    expect(valueOf(inside).accepted).toBe(2);
    valueOf(await broadcasting.broadcastSystemNotification(notification));
    const told = await client.waitFor('notification', 2);
    expect(told[0]?.data).toMatchObject({ type: 'system', source: 'system' });
    expect(valueOf(await inbox.counts(away)).total).toBe(1);
  });

  it('a direct message makes the conversation of the two when there is none, and uses it after', async () => {
    const [sender, online] = people();
    const client = await running.connect(online);
    const { broadcasting } = running.domain;
    const first = await broadcasting.sendDirectMessage(online, { sender, content: 'hi' });
    const second = await broadcasting.sendDirectMessage(online, { sender, content: 'there' });
    const { conversationId } = valueOf(first).message;
    expect(valueOf(second).message).toMatchObject({ conversationId, seq: 2 });
    const told = await client.waitFor('message', 2);
    expect(told.map(({ channel, data }) => [channel, data['content']])).toEqual([
      [`user:${online}`, 'hi'],
      [`user:${online}`, 'there'],
    ]);
  });

  it('knows the devices of a person, oldest first, and none of who is away', async () => {
    const [, online, away] = people();
    const phone = await running.connect(online, 'mobile');
    const desktop = await running.connect(online, 'desktop');
    const { broadcasting } = running.domain;
    const devices = await broadcasting.getUserDeviceInfo(online);
    expect(devices.map(({ deviceType }) => deviceType).toSorted()).toEqual(['desktop', 'mobile']);
    expect(devices[0]).toEqual({
      connectionId: expect.any(String),
      deviceType: expect.any(String),
      connectedAt: expect.any(Number),
    });
    phone.close();
    desktop.close();
    expect(await broadcasting.getUserDeviceInfo(online)).toEqual([]);
    expect(await broadcasting.getUserDeviceInfo(away)).toEqual([]);
  });
});
