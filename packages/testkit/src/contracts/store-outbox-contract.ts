/** Rules of OutboxStore. */
import { expect, it } from 'vitest';
import { valueOf } from './store-outcome.ts';
import { WRITER_LEASE_MS } from './store-subject.ts';
import type { Subject } from './store-subject.ts';

const LEASE_MS = 1000;

export function outboxStoreContract(subject: Subject): void {
  rowRules(subject);
  leaseRules(subject);
  endRules(subject);
}

async function addDue(subject: Subject, ...references: string[]): Promise<number[]> {
  const ids: number[] = [];
  for (const reference of references) {
    ids.push(await subject().store.outbox.add('push', reference, ['ann', 'bob']));
  }
  subject().advance(WRITER_LEASE_MS);
  return ids;
}

function rowRules(subject: Subject): void {
  it('every change leaves a row that says what it was and who is to get a push', async () => {
    const { chat, inbox, tasks, outbox } = subject().store;
    const { conversation } = await chat.createConversation({ kind: 'group', members: ['ann'] });
    const conversationId = conversation.id;
    const sent = { conversationId, sender: 'ann', clientId: 'c', kind: 'text', content: 'x' };
    const message = valueOf(await chat.appendMessage({ ...sent, pushTo: ['bob'] }));
    const note = { id: 'n1', title: 't', content: 'c', type: 'info' };
    const notes = await inbox.addNotifications(note, ['ann', 'bob'], ['bob']);
    const task = valueOf(await tasks.startTask({ id: 't1', owner: 'ann', totalSteps: 0 }));
    const pushId = await outbox.add('push', '{"id":"p1"}', ['cid']);
    const createdAt = subject().now();
    subject().advance(WRITER_LEASE_MS);

    const rows = await outbox.claim(10, LEASE_MS);
    const told = rows.map(({ reference, ...row }) => ({ ...row, ...JSON.parse(reference) }));
    const common = { attempts: 1, createdAt };
    expect(told).toEqual(
      [
        { ...common, id: 1, kind: 'message', pushTo: ['bob'], conversationId, seq: 1 },
        { ...common, id: 'n1', kind: 'notification', pushTo: [], user: 'ann' },
        { ...common, id: 'n1', kind: 'notification', pushTo: ['bob'], user: 'bob' },
        { ...common, id: 't1', kind: 'task', pushTo: [] },
        { ...common, id: 'p1', kind: 'push', pushTo: ['cid'] },
      ].map((row, index) => (index === 0 ? { ...row, id: message.outboxId } : row)),
    );
    expect(rows.map(({ id }) => id)).toEqual([
      message.outboxId,
      notes[0]?.outboxId,
      notes[1]?.outboxId,
      task.outboxId,
      pushId,
    ]);
  });

  it('a completed row is gone; unknown ids do no harm', async () => {
    const { outbox } = subject().store;
    const [first = 0, second] = await addDue(subject, 'a', 'b');
    await outbox.complete([first, 999_999]);
    await outbox.complete([]);
    expect((await outbox.claim(10, LEASE_MS)).map(({ id }) => id)).toEqual([second]);
    await outbox.retry(first, { at: 0, pushTo: [], reason: 'gone' });
    await outbox.bury(first, 'gone');
    expect(await outbox.stats()).toMatchObject({ pending: 1, buried: 0 });
  });
}

function leaseRules(subject: Subject): void {
  it('the writer has a new row to itself for its lease', async () => {
    const { outbox } = subject().store;
    await outbox.add('push', 'a', []);
    subject().advance(WRITER_LEASE_MS - 1);
    expect(await outbox.claim(10, LEASE_MS)).toEqual([]);
    subject().advance(1);
    expect(await outbox.claim(10, LEASE_MS)).toHaveLength(1);
  });

  it('rows are claimed oldest first, so many at most, each by one', async () => {
    const { outbox } = subject().store;
    const ids = await addDue(subject, 'a', 'b', 'c', 'd', 'e');
    const claims = await Promise.all([outbox.claim(2, LEASE_MS), outbox.claim(2, LEASE_MS)]);
    expect(claims.flat().map(({ id }) => id)).toEqual(ids.slice(0, 4));
  });

  it('a lease that ran out lets others claim, and counts as an attempt', async () => {
    const { outbox } = subject().store;
    await addDue(subject, 'a');
    const [first] = await outbox.claim(1, LEASE_MS);
    subject().advance(LEASE_MS - 1);
    expect(await outbox.claim(1, LEASE_MS)).toEqual([]);
    subject().advance(1);
    const [second] = await outbox.claim(1, LEASE_MS);
    expect(second).toEqual({ ...first, attempts: (first?.attempts ?? 0) + 1 });
  });

  it('a retried row comes back at its time, for those who are left, with one more attempt', async () => {
    const { outbox } = subject().store;
    const [id = 0] = await addDue(subject, 'a');
    const [claimed] = await outbox.claim(1, LEASE_MS);
    await outbox.retry(id, { at: subject().now() + 500, pushTo: ['bob'], reason: '503' });
    subject().advance(499);
    expect(await outbox.claim(1, LEASE_MS)).toEqual([]);
    subject().advance(1);
    expect(await outbox.claim(1, LEASE_MS)).toEqual([
      { ...claimed, pushTo: ['bob'], attempts: (claimed?.attempts ?? 0) + 1 },
    ]);
  });

  it('a row retried by its writer counts that one attempt', async () => {
    const { outbox } = subject().store;
    const id = await outbox.add('push', 'a', ['ann']);
    await outbox.retry(id, { at: subject().now(), pushTo: ['ann'], reason: '503' });
    expect(await outbox.claim(1, LEASE_MS)).toMatchObject([{ id, attempts: 1 }]);
  });
}

function endRules(subject: Subject): void {
  it('a buried row is kept and counted, and never claimed again', async () => {
    const { outbox } = subject().store;
    const [first = 0, second] = await addDue(subject, 'a', 'b');
    await outbox.bury(first, 'gone for good');
    subject().advance(LEASE_MS * 100);
    expect((await outbox.claim(10, LEASE_MS)).map(({ id }) => id)).toEqual([second]);
    expect(await outbox.stats()).toMatchObject({ pending: 1, buried: 1 });
  });

  it('stats say how many wait and since when', async () => {
    const { outbox } = subject().store;
    expect(await outbox.stats()).toEqual({ pending: 0, buried: 0 });
    const oldestAt = subject().now();
    await addDue(subject, 'a', 'b');
    expect(await outbox.stats()).toEqual({ pending: 2, buried: 0, oldestAt });
  });

  it('ids are not used twice', async () => {
    const { outbox } = subject().store;
    const [first = 0] = await addDue(subject, 'a');
    await outbox.complete([first]);
    const [second = 0] = await addDue(subject, 'b');
    expect(second).toBeGreaterThan(first);
  });
}
