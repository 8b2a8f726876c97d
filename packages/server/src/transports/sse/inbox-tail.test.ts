import { fail, ok, type Outcome } from '@carillon/protocol';
import { describe, expect, it } from 'vitest';
import type { Notification } from '../../ports/inbox-store.ts';
import { InboxTail } from './inbox-tail.ts';

const notification = (seq: number, archivedAt?: number): Notification => ({
  id: `n${seq}`,
  user: 'alice',
  seq,
  title: 't',
  content: '',
  type: 'info',
  createdAt: seq,
  ...(archivedAt === undefined ? {} : { archivedAt }),
});

interface Inbox {
  readonly stored: Notification[];
  readonly delivered: number[];
  readonly failures: unknown[];
  readonly reads: number[];
  fails: boolean;
  /** Resolves when the tail has come to rest. */
  settle(): Promise<void>;
  tail(from: number): InboxTail;
}

const createInbox = (count: number): Inbox => {
  const stored = Array.from({ length: count }, (_, index) => notification(index + 1));
  const inbox: Inbox = {
    stored,
    delivered: [],
    failures: [],
    reads: [],
    fails: false,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    tail: (from) =>
      new InboxTail(from, {
        async listAfter(seq, limit): Promise<Outcome<readonly Notification[]>> {
          inbox.reads.push(seq);
          if (inbox.fails) return fail('storage_unavailable');
          return ok(stored.filter((each) => each.seq > seq).slice(0, limit));
        },
        async deliver(notifications) {
          inbox.delivered.push(...notifications.map((each) => each.seq));
          return true;
        },
        onFailure: (error) => inbox.failures.push(error),
      }),
  };
  return inbox;
};

const oneTo = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('following an inbox', () => {
  it('begins after the position and goes over many pages without gap or repeat', async () => {
    const inbox = createInbox(350);
    inbox.tail(7).pull();
    await inbox.settle();
    expect(inbox.delivered).toEqual(oneTo(8, 350));
  });

  it('signs that come while it reads lead to exactly one more read', async () => {
    const inbox = createInbox(3);
    const tail = inbox.tail(0);
    tail.pull();
    tail.pull();
    tail.pull();
    inbox.stored.push(notification(4));
    await inbox.settle();
    expect(inbox.delivered).toEqual([1, 2, 3, 4]);
    expect(inbox.reads).toHaveLength(2);
  });

  it('what is archived is passed over and not asked for again', async () => {
    const inbox = createInbox(0);
    inbox.stored.push(notification(1), notification(2, 99), notification(3));
    const tail = inbox.tail(0);
    tail.pull();
    await inbox.settle();
    tail.pull();
    await inbox.settle();
    expect(inbox.delivered).toEqual([1, 3]);
    expect(inbox.reads).toEqual([0, 3]);
  });

  it('a store that fails loses nothing: the next sign goes on from where the client is', async () => {
    const inbox = createInbox(2);
    const tail = inbox.tail(0);
    inbox.fails = true;
    tail.pull();
    await inbox.settle();
    expect(inbox.failures).toHaveLength(1);
    expect(inbox.delivered).toEqual([]);
    inbox.fails = false;
    tail.pull();
    await inbox.settle();
    expect(inbox.delivered).toEqual([1, 2]);
  });
});
