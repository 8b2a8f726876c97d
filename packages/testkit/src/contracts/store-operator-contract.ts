/** Rules of OperatorStore. */
import { expect, it } from 'vitest';
import type { Task } from '../../../server/src/ports/task-store.ts';
import { valueOf } from './store-outcome.ts';
import { WRITER_LEASE_MS } from './store-subject.ts';
import type { Subject } from './store-subject.ts';

const LEASE_MS = 1000;

export function operatorStoreContract(subject: Subject): void {
  taskRules(subject);
  buriedRules(subject);
  userRules(subject);
}

async function start(subject: Subject, ...ids: string[]): Promise<void> {
  for (const id of ids) {
    const owner = `owner of ${id}`;
    valueOf(await subject().store.tasks.startTask({ id, owner, totalSteps: 0 }));
    subject().advance(1);
  }
}

function taskRules(subject: Subject): void {
  it('tasks of all users come newest first, page by page, also where several began at once', async () => {
    const { operator } = subject().store;
    await start(subject, 'a', 'b', 'c');
    const same = ['x', 'y', 'z'].map((id) =>
      subject().store.tasks.startTask({ id, owner: 'ann', totalSteps: 0 }),
    );
    await Promise.all(same);
    const seen: string[] = [];
    for (let cursor: string | undefined, round = 0; round < 10; round += 1) {
      const page = await operator.listAllTasks({
        limit: 2,
        ...(cursor === undefined ? {} : { cursor }),
      });
      seen.push(...page.items.map(({ id }: Task) => id));
      if (page.next === undefined) break;
      cursor = page.next;
    }
    expect(seen).toEqual(['z', 'y', 'x', 'c', 'b', 'a']);
  });

  it('tasks can be listed by what became of them', async () => {
    const { operator, tasks } = subject().store;
    await start(subject, 'a', 'b', 'c');
    valueOf(await tasks.changeTask('b', { type: 'failed', message: 'no' }));
    const idsOf = async (status: Task['status']): Promise<string[]> =>
      (await operator.listAllTasks({ status, limit: 10 })).items.map(({ id }) => id);
    expect(await idsOf('failed')).toEqual(['b']);
    expect(await idsOf('running')).toEqual(['c', 'a']);
    expect(await idsOf('cancelled')).toEqual([]);
    expect(await operator.listAllTasks({ cursor: 'nonsense', limit: 10 })).toEqual({ items: [] });
  });
}

async function buried(subject: Subject, ...references: string[]): Promise<number[]> {
  const { outbox } = subject().store;
  const ids: number[] = [];
  for (const reference of references) {
    const id = await outbox.add('push', reference, ['ann']);
    await outbox.bury(id, `no way for ${reference}`);
    ids.push(id);
    subject().advance(1);
  }
  return ids;
}

function buriedRules(subject: Subject): void {
  it('rows that were given up are listed with the reason, newest first, page by page', async () => {
    const { operator, outbox } = subject().store;
    const begin = subject().now();
    const [first, second] = await buried(subject, '"one"', '"two"');
    await outbox.add('push', '"alive"', ['ann']);
    const page = await operator.listBuried({ limit: 1 });
    expect(page.items).toEqual([
      {
        id: second,
        kind: 'push',
        reference: '"two"',
        pushTo: ['ann'],
        attempts: 0,
        createdAt: begin + 1,
        reason: 'no way for "two"',
        buriedAt: begin + 1,
      },
    ]);
    const rest = await operator.listBuried({ limit: 1, cursor: page.next ?? '' });
    expect(rest.items.map(({ id }) => id)).toEqual([first]);
    expect(rest.next).toBeUndefined();
  });

  it('one that is dug up is due at once, as if never tried; what was not buried is left alone', async () => {
    const { operator, outbox } = subject().store;
    const [id, other] = await buried(subject, '"one"', '"two"');
    const leased = await outbox.add('push', '"held by its writer"', ['bob']);
    expect(await operator.unbury([id ?? 0, leased, 9_999])).toBe(1);
    const due = await outbox.claim(10, LEASE_MS);
    expect(due.map((row) => [row.id, row.attempts])).toEqual([[id, 0]]);
    expect((await operator.listBuried({ limit: 10 })).items.map((row) => row.id)).toEqual([other]);
  });

  it('all can be dug up at once', async () => {
    const { operator, outbox } = subject().store;
    const ids = await buried(subject, '"one"', '"two"', '"three"');
    expect(await operator.unbury('all')).toBe(3);
    expect((await outbox.claim(10, LEASE_MS)).map((row) => row.id)).toEqual(ids);
    expect((await outbox.stats()).buried).toBe(0);
  });

  it('a row can be forgotten once it is buried, and only then', async () => {
    const { operator, outbox } = subject().store;
    const [id] = await buried(subject, '"one"');
    const alive = await outbox.add('push', '"alive"', ['ann']);
    await operator.discardBuried([id ?? 0, alive]);
    expect(await outbox.stats()).toMatchObject({ pending: 1, buried: 0 });
    subject().advance(WRITER_LEASE_MS);
    expect((await outbox.claim(10, LEASE_MS)).map((row) => row.id)).toEqual([alive]);
  });
}

function userRules(subject: Subject): void {
  it('users with an inbox, a conversation or a task are known, each once, by name', async () => {
    const { chat, inbox, tasks, operator } = subject().store;
    await chat.createConversation({ kind: 'group', members: ['dora', 'ann'] });
    await chat.createConversation({ kind: 'group', members: ['dora', 'eve'] });
    await inbox.addNotifications(
      { id: 'n', title: 't', content: '', type: 'info' },
      ['ann', 'bob'],
      [],
    );
    valueOf(await tasks.startTask({ id: 't', owner: 'carl', totalSteps: 0 }));
    expect(await operator.countUsers()).toBe(5);
    const first = await operator.listUsers({ limit: 2 });
    expect(first).toEqual(['ann', 'bob']);
    expect(await operator.listUsers({ after: 'bob', limit: 2 })).toEqual(['carl', 'dora']);
    expect(await operator.listUsers({ after: 'dora', limit: 2 })).toEqual(['eve']);
    expect(await operator.listUsers({ after: 'eve', limit: 2 })).toEqual([]);
  });
}
