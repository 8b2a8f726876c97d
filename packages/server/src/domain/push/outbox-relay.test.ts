import { rm } from 'node:fs/promises';
import type { Outcome, Publication } from '@carillon/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import {
  openDomain,
  type RunningDomain,
  type RunningDomainOptions,
} from '../../../../testkit/src/running-domain.ts';
import type { Broker } from '../../ports/broker.ts';
import type { Push, PushResult, PushSender } from '../../ports/push-sender.ts';
import type { Store } from '../../ports/store.ts';

const valueOf = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(`refused: ${outcome.error} ${outcome.message ?? ''}`);
  return outcome.value;
};

const alice = { user: 'alice' };
const DELIVERED: PushResult = { type: 'delivered' };

interface ScriptedSender extends PushSender {
  readonly sent: readonly Push[];
}

/** Answers in turn, then delivers. */
function senderNamed(name: string, answers: PushResult[] = []): ScriptedSender {
  const sent: Push[] = [];
  return {
    name,
    sent,
    send(push) {
      sent.push(push);
      return Promise.resolve(answers.shift() ?? DELIVERED);
    },
    close: () => Promise.resolve(),
  };
}

interface Published {
  readonly channel: string;
  readonly type: string;
  readonly key: string | undefined;
}

/** Notes what the broker was given and took for new. */
function watchedBroker(published: Published[], refuses: () => boolean = () => false) {
  const typeOf = (publication: Publication): string =>
    String((JSON.parse(publication.data) as { type?: unknown }).type);
  return (broker: Broker): Broker => ({
    start: (handler) => broker.start(handler),
    subscribe: (channel) => broker.subscribe(channel),
    unsubscribe: (channel) => broker.unsubscribe(channel),
    history: (channel, query) => broker.history(channel, query),
    removeHistory: (channel) => broker.removeHistory(channel),
    close: () => broker.close(),
    async publish(channel, event, options) {
      if (refuses()) throw new Error('broker away');
      const result = await broker.publish(channel, event, options);
      if (!result.duplicate && event.type === 'publication') {
        const type = typeOf(event.publication);
        published.push({ channel, type, key: options.idempotencyKey });
      }
      return result;
    },
  });
}

const opened: RunningDomain[] = [];
const open = async (options: RunningDomainOptions = {}): Promise<RunningDomain> => {
  const running = await openDomain(options);
  opened.push(running);
  return running;
};

afterEach(async () => {
  const last = opened.at(-1);
  await last?.close();
  if (last !== undefined) await rm(last.dataDir, { recursive: true, force: true });
  opened.length = 0;
});

const groupWith = async ({ domain }: RunningDomain, ...members: string[]): Promise<string> =>
  valueOf(await domain.chat.create(alice, { kind: 'group', members })).conversation.id;

describe('after a crash', () => {
  it('what was committed and not told is told once, and pushed to those who are away', async () => {
    let isCrashing = false;
    const never = new Promise<never>(() => undefined);
    /** The commit happens, and the process ends before it learns of it. */
    const wrapStore = (store: Store): Store => ({
      ...store,
      chat: {
        ...store.chat,
        appendMessage: async (input) => {
          const stored = await store.chat.appendMessage(input);
          return isCrashing ? never : stored;
        },
      },
      inbox: {
        ...store.inbox,
        addNotifications: async (...args) => {
          const stored = await store.inbox.addNotifications(...args);
          return isCrashing ? never : stored;
        },
      },
      tasks: {
        ...store.tasks,
        changeTask: async (...args) => {
          const stored = await store.tasks.changeTask(...args);
          return isCrashing ? never : stored;
        },
      },
    });
    const first = await open({ wrapStore });
    const id = await groupWith(first, 'bob');
    valueOf(await first.domain.tasks.start({ id: 't', owner: 'bob' }));
    await first.domain.relay.flush();
    isCrashing = true;
    void first.domain.chat.send(alice, id, { content: 'hello', clientId: 'c-1' });
    void first.domain.inbox.notify({ title: 'ring' }, ['bob']);
    void first.domain.tasks.complete('t', {});
    await first.store.ping();
    await first.crash();

    const published: Published[] = [];
    const sender = senderNamed('one');
    const second = await open({
      dataDir: first.dataDir,
      pushSenders: [sender],
      wrapBroker: watchedBroker(published),
    });
    second.domain.relay.start();
    await second.domain.relay.flush();
    const told = published.map(({ channel, type }) => `${channel} ${type}`).toSorted();
    expect(told).toEqual(
      [
        `chat:${id} message`,
        'stream:t task.chunks_done',
        'task:t task.completed',
        'user:alice message',
        'user:bob counts',
        'user:bob message',
        'user:bob notification',
        'user:bob task.completed',
      ].toSorted(),
    );
    expect(sender.sent.map(({ user, title }) => `${user}: ${title}`).toSorted()).toEqual([
      'bob: alice',
      'bob: ring',
    ]);
    expect(await second.store.outbox.stats()).toMatchObject({ pending: 0, buried: 0 });
    const again = await second.domain.chat.send(alice, id, { content: 'hello', clientId: 'c-1' });
    expect(valueOf(again)).toMatchObject({ isNew: false, message: { seq: 1 } });
  });

  it('nothing is relayed that was told and completed before', async () => {
    const first = await open();
    const id = await groupWith(first, 'bob');
    valueOf(await first.domain.chat.send(alice, id, { content: 'hello' }));
    await first.domain.relay.flush();
    await first.crash();
    const published: Published[] = [];
    const second = await open({ dataDir: first.dataDir, wrapBroker: watchedBroker(published) });
    second.domain.relay.start();
    await second.domain.relay.flush();
    expect(published).toEqual([]);
  });

  it('who has read it meanwhile gets no push for it', async () => {
    const broken = senderNamed('one', [{ type: 'retry', reason: 'HTTP 503' }]);
    const clock = createFakeClock();
    const first = await open({ pushSenders: [broken], clock });
    const id = await groupWith(first, 'bob');
    valueOf(await first.domain.chat.send(alice, id, { content: 'hello' }));
    await first.domain.relay.flush();
    valueOf(await first.domain.chat.markRead({ user: 'bob' }, id, 1));
    await first.crash();
    clock.stall(60_000);
    const sender = senderNamed('one');
    const second = await open({ dataDir: first.dataDir, pushSenders: [sender], clock });
    second.domain.relay.start();
    await second.domain.relay.flush();
    expect(sender.sent).toEqual([]);
    expect(await second.store.outbox.stats()).toMatchObject({ pending: 0 });
  });
});

describe('a push that fails', () => {
  const failures = (count: number, more: { afterMs?: number } = {}): PushResult[] =>
    Array.from({ length: count }, () => ({ type: 'retry', reason: 'HTTP 503', ...more }));

  /** Lets time pass, poll by poll, so that every due row is tried. */
  async function pass(
    running: RunningDomain,
    clock: ReturnType<typeof createFakeClock>,
    ms: number,
  ) {
    for (let passed = 0; passed < ms; passed += 5_000) {
      await clock.advance(5_000);
      await running.domain.relay.flush();
    }
  }

  it('is tried again by the sender that failed, with the same id; the others do not repeat theirs', async () => {
    const clock = createFakeClock();
    const [good, bad] = [senderNamed('good'), senderNamed('bad', failures(2))];
    const published: Published[] = [];
    const running = await open({
      clock,
      pushSenders: [good, bad],
      wrapBroker: watchedBroker(published),
    });
    const id = await groupWith(running, 'bob', 'carol');
    published.length = 0;
    running.domain.relay.start();
    valueOf(await running.domain.chat.send(alice, id, { content: 'hello' }));
    await running.domain.relay.flush();
    await pass(running, clock, 60_000);
    expect(good.sent.map(({ user }) => user).toSorted()).toEqual(['bob', 'carol']);
    expect(bad.sent.map(({ user }) => user).toSorted()).toEqual(['bob', 'bob', 'carol', 'carol']);
    expect(new Set(bad.sent.map((push) => push.id)).size).toBe(2);
    expect(published.filter(({ channel }) => channel.startsWith('chat:'))).toHaveLength(1);
    expect(await running.store.outbox.stats()).toMatchObject({ pending: 0, buried: 0 });
    expect(running.counted.get('push_total {"provider":"bad","result":"retry"}')).toBe(2);
  });

  it('waits as long as the receiver asks for', async () => {
    const clock = createFakeClock();
    const sender = senderNamed('one', failures(1, { afterMs: 100_000 }));
    const running = await open({ clock, pushSenders: [sender] });
    running.domain.relay.start();
    const id = await groupWith(running, 'bob');
    valueOf(await running.domain.chat.send(alice, id, { content: 'hello' }));
    await running.domain.relay.flush();
    await pass(running, clock, 95_000);
    expect(sender.sent).toHaveLength(1);
    await pass(running, clock, 15_000);
    expect(sender.sent).toHaveLength(2);
  });

  it('is given up after so many tries, kept for the operator, and said loudly', async () => {
    const clock = createFakeClock();
    const sender = senderNamed('one', failures(99));
    const relayLimits = { maxAttempts: 3 };
    const running = await open({ clock, pushSenders: [sender], relayLimits });
    running.domain.relay.start();
    const id = await groupWith(running, 'bob');
    valueOf(await running.domain.chat.send(alice, id, { content: 'hello' }));
    await running.domain.relay.flush();
    await pass(running, clock, 60_000);
    expect(sender.sent).toHaveLength(3);
    expect(await running.store.outbox.stats()).toMatchObject({ pending: 0, buried: 1 });
    const errors = running.log.filter(({ level }) => level === 'error');
    expect(errors.map(({ message }) => message)).toEqual(['outbox row given up']);
  });

  it('that is dropped is not tried again', async () => {
    const sender = senderNamed('one', [{ type: 'dropped', reason: 'HTTP 410' }]);
    const running = await open({ pushSenders: [sender] });
    const id = await groupWith(running, 'bob');
    valueOf(await running.domain.chat.send(alice, id, { content: 'hello' }));
    await running.domain.relay.flush();
    expect(await running.store.outbox.stats()).toMatchObject({ pending: 0, buried: 0 });
    expect(running.counted.get('push_total {"provider":"one","result":"dropped"}')).toBe(1);
  });

  it('a sender that throws counts as one that failed', async () => {
    const clock = createFakeClock();
    let calls = 0;
    const throwing: PushSender = {
      name: 'throwing',
      send() {
        calls++;
        return calls === 1 ? Promise.reject(new Error('bug')) : Promise.resolve(DELIVERED);
      },
      close: () => Promise.resolve(),
    };
    const running = await open({ clock, pushSenders: [throwing] });
    running.domain.relay.start();
    const id = await groupWith(running, 'bob');
    valueOf(await running.domain.chat.send(alice, id, { content: 'hello' }));
    await running.domain.relay.flush();
    await pass(running, clock, 15_000);
    expect(calls).toBe(2);
  });

  it('more pushes than may wait in memory go back to the store, and none is lost', async () => {
    const clock = createFakeClock();
    const sender = senderNamed('slow');
    const relayLimits = { queuedRows: 2, concurrentRows: 1 };
    const published: Published[] = [];
    const wrapBroker = watchedBroker(published);
    const running = await open({ clock, pushSenders: [sender], relayLimits, wrapBroker });
    running.domain.relay.start();
    const id = await groupWith(running, 'bob');
    published.length = 0;
    const contents = Array.from({ length: 20 }, (_, index) => `m${index}`);
    await Promise.all(contents.map((content) => running.domain.chat.send(alice, id, { content })));
    await running.domain.relay.flush();
    await pass(running, clock, 120_000);
    expect(sender.sent.map(({ body }) => body).toSorted()).toEqual(contents.toSorted());
    expect(published.filter(({ channel }) => channel.startsWith('chat:'))).toHaveLength(20);
    expect(await running.store.outbox.stats()).toMatchObject({ pending: 0, buried: 0 });
  });
});

describe('a shutdown', () => {
  it('waits for no provider that hangs; what it left is pushed after the next start, not told again', async () => {
    const clock = createFakeClock();
    const hanging: PushSender = {
      name: 'one',
      send: () => new Promise(() => undefined),
      close: () => Promise.resolve(),
    };
    const relayLimits = { concurrentRows: 1, flushWithinMs: 5_000 };
    const first = await open({ clock, pushSenders: [hanging], relayLimits });
    const id = await groupWith(first, 'bob');
    for (const content of ['1', '2', '3']) {
      valueOf(await first.domain.chat.send(alice, id, { content }));
    }
    const stopping = first.domain.relay.stop();
    await first.store.ping();
    await clock.advance(5_000);
    await stopping;
    await first.crash();
    clock.stall(60_000);
    const sender = senderNamed('one');
    const published: Published[] = [];
    const second = await open({
      dataDir: first.dataDir,
      clock,
      pushSenders: [sender],
      wrapBroker: watchedBroker(published),
    });
    second.domain.relay.start();
    await second.domain.relay.flush();
    expect(sender.sent.map(({ body }) => body).toSorted()).toEqual(['1', '2', '3']);
    const told = published.filter(({ channel }) => channel.startsWith('chat:'));
    // The one that hung was neither finished nor put back: it counts as left by a crash.
    expect(told).toHaveLength(1);
  });
});

describe('a publication that fails', () => {
  it('is no failure of the caller; it is logged, counted and made when the broker is back', async () => {
    const clock = createFakeClock();
    const published: Published[] = [];
    let isAway = false;
    const sender = senderNamed('one');
    const running = await open({
      clock,
      pushSenders: [sender],
      wrapBroker: watchedBroker(published, () => isAway),
    });
    running.domain.relay.start();
    const id = await groupWith(running, 'bob');
    await running.domain.relay.flush();
    isAway = true;
    const sent = valueOf(await running.domain.chat.send(alice, id, { content: 'hello' }));
    expect(sent).toMatchObject({ isNew: true, message: { seq: 1 } });
    await running.domain.relay.flush();
    expect(running.log.some(({ message }) => message === 'publication failed')).toBe(true);
    expect(sender.sent).toHaveLength(1);
    isAway = false;
    published.length = 0;
    await clock.advance(5_000);
    await running.domain.relay.flush();
    const told = published.filter(({ channel }) => channel.startsWith('chat:'));
    expect(told.map(({ type }) => type)).toEqual(['message']);
    expect(sender.sent).toHaveLength(1);
    expect(running.counted.get('outbox_relayed_total {"kind":"message"}')).toBe(1);
    expect(await running.store.outbox.stats()).toMatchObject({ pending: 0 });
  });
});

const messagesIn = (published: readonly Published[]): readonly Published[] =>
  published.filter(({ channel, type }) => channel.startsWith('chat:') && type === 'message');

describe('while the broker is away', () => {
  it('no row is given up, one of them tries it now and then, and all are told soon after', async () => {
    const clock = createFakeClock();
    const published: Published[] = [];
    let isAway = false;
    let tries = 0;
    const running = await open({
      clock,
      relayLimits: { maxAttempts: 2 },
      wrapBroker: watchedBroker(published, () => {
        if (isAway) tries++;
        return isAway;
      }),
    });
    const seconds = async (count: number): Promise<void> => {
      for (let passed = 0; passed < count; passed++) {
        await clock.advance(1_000);
        await running.domain.relay.flush();
      }
    };
    running.domain.relay.start();
    const id = await groupWith(running);
    await running.domain.relay.flush();
    isAway = true;
    const contents = ['1', '2', '3', '4', '5'];
    for (const content of contents) valueOf(await running.domain.chat.send(alice, id, { content }));
    await seconds(10);
    tries = 0;
    await seconds(10);
    // Each try publishes twice: in the conversation, and as a hint to its only member.
    expect(tries).toBeLessThanOrEqual(2 * 12);
    expect(await running.store.outbox.stats()).toMatchObject({ pending: 5, buried: 0 });
    isAway = false;
    published.length = 0;
    await seconds(3);
    expect(messagesIn(published)).toHaveLength(5);
    expect(await running.store.outbox.stats()).toMatchObject({ pending: 0, buried: 0 });
  });
});

describe('a process that leaves pushes to workers', () => {
  it('publishes what it commits, and the worker pushes without telling it again', async () => {
    const clock = createFakeClock();
    const published: Published[] = [];
    const idle = senderNamed('one');
    const front = await open({
      clock,
      pushSenders: [idle],
      leavesPushes: true,
      wrapBroker: watchedBroker(published),
    });
    const id = await groupWith(front, 'bob');
    valueOf(await front.domain.chat.send(alice, id, { content: 'hello' }));
    await front.domain.relay.flush();
    expect(messagesIn(published)).toHaveLength(1);
    expect(idle.sent).toEqual([]);
    await front.crash();
    const sender = senderNamed('one');
    published.length = 0;
    const worker = await open({
      dataDir: front.dataDir,
      clock,
      pushSenders: [sender],
      wrapBroker: watchedBroker(published),
    });
    worker.domain.relay.start();
    await worker.domain.relay.flush();
    expect(sender.sent.map(({ user, body }) => [user, body])).toEqual([['bob', 'hello']]);
    expect(published).toEqual([]);
    expect(await worker.store.outbox.stats()).toMatchObject({ pending: 0 });
  });
});
