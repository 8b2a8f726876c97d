/** What every queue keeps, whatever the technology: run by each technology's test against its real server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi, type TestContext } from 'vitest';
import { fail } from '../../../packages/protocol/src/index.ts';
import type { Dispatcher } from '../../../packages/server/src/procedures/dispatcher.ts';
import { startQueueWorker, type QueueWorker, type QueueWorkerOptions } from './queue-worker.ts';

export interface DeadLetter {
  readonly body: string;
  readonly reason: string;
}

/** A new, empty queue. */
export interface TestQueue {
  /** Settings that make a worker read it. */
  readonly env: Readonly<Record<string, string>>;
  /** In this order; resolves when the queue has them. */
  send(messages: readonly (object | string)[]): Promise<void>;
  /** False: it cannot hold what is not JSON. @default true */
  readonly holdsAnything?: boolean;
  deadLetters(): Promise<readonly DeadLetter[]>;
  /** Messages that wait, and where the technology says so, those that somebody has. */
  unsettled(): Promise<number>;
}

export interface QueueTraits {
  /** The server can be killed and begun again. @default true */
  readonly canInterrupt?: boolean;
  /** docs/queues.md says that a key keeps its order with several workers. @default false */
  readonly ordersAcrossWorkers?: boolean;
}

export interface QueueSubject {
  /** As in metrics and /ready. */
  readonly name: string;
  makeQueue(): Promise<TestQueue>;
  /** Ends the server at once and begins it again with what it had stored. */
  interrupt?(): Promise<void>;
}

const PROCESS = join(import.meta.dirname, 'killed-worker-process.ts');
const WAIT = { timeout: 10_000, interval: 30 };
const TIMEOUT_MS = 30_000;
const QUICK = { backoffMs: [20, 40, 80, 160] };

const notify = (user: string, title: string): object => ({
  procedure: 'notify',
  id: `${user}/${title}`,
  input: { users: [user], title },
});

/** As a producer writes it. */
export const textOf = (message: object | string): string =>
  typeof message === 'string' ? message : JSON.stringify(message);

/** The ordering key that a producer would also give the technology. */
export const keyOf = (message: object | string): string | undefined => {
  const key: unknown = typeof message === 'string' ? undefined : Reflect.get(message, 'key');
  return typeof key === 'string' ? key : undefined;
};

const titleOf = (input: unknown): unknown =>
  typeof input === 'object' && input !== null ? Reflect.get(input, 'title') : undefined;

/** Before each call of the real procedures; what `look` throws, the procedure fails with. */
const before =
  (look: (input: unknown) => Promise<void> | void) =>
  (dispatcher: Dispatcher): Dispatcher => ({
    procedures: dispatcher.procedures,
    call: async (method, input, call) => {
      try {
        await look(input);
      } catch (error) {
        return fail('internal', String(error));
      }
      return dispatcher.call(method, input, call);
    },
  });

/** Workers and folders that end with their test. */
const benchOf = ({ onTestFinished }: TestContext) => ({
  work: async (options: QueueWorkerOptions): Promise<QueueWorker> => {
    const worker = await startQueueWorker({ limits: QUICK, ...options });
    onTestFinished(() => worker.close());
    return worker;
  },
  makeFolder: async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'carillon-queue-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    return folder;
  },
});

export function testQueue(
  getSubject: () => QueueSubject,
  { canInterrupt = true, ordersAcrossWorkers = false }: QueueTraits = {},
): void {
  const titles = async (worker: QueueWorker, user: string): Promise<readonly string[]> => {
    const query = { filter: 'all', limit: 100 } as const;
    const { items } = await worker.store.inbox.listNotifications(user, query);
    return items.map(({ title }) => title).toReversed();
  };

  const untilSettled = (queue: TestQueue): Promise<void> =>
    vi.waitFor(async () => expect(await queue.unsettled()).toBe(0), WAIT);

  /** What was not acknowledged would be back when its worker has gone. */
  const untilNothingIsLeft = async (worker: QueueWorker, queue: TestQueue): Promise<void> => {
    await untilSettled(queue);
    await worker.consuming.close();
    await untilSettled(queue);
  };

  const untilTitles = (worker: QueueWorker, user: string, wanted: readonly string[]) =>
    vi.waitFor(
      async () =>
        expect([...(await titles(worker, user))].toSorted()).toEqual([...wanted].toSorted()),
      WAIT,
    );

  it.concurrent(
    'a message takes effect and is acknowledged after the commit; metrics and health say so',
    async (context) => {
      const { work } = benchOf(context);
      const queue = await getSubject().makeQueue();
      const worker = await work({ env: queue.env });
      await queue.send([notify('ann', 'one'), notify('ann', 'two'), notify('ann', 'two')]);
      await untilTitles(worker, 'ann', ['one', 'two']);
      expect(await queue.deadLetters()).toEqual([]);
      const [health] = worker.consuming.healthChecks;
      expect(health?.name).toBe(`queue ${getSubject().name}`);
      await health?.check();
      await vi.waitFor(async () => {
        const page = await worker.metricsPage();
        const source = `source="${getSubject().name}"`;
        expect(page).toMatch(new RegExp(`queue_messages_total{${source},result="\\w+"} [23]`));
        expect(page).toContain(`carillon_queue_in_hand_messages{${source}} 0`);
        expect(page).toContain(`carillon_queue_waiting_messages{${source}} 0`);
      }, WAIT);
      await untilNothingIsLeft(worker, queue);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'a worker killed between commit and acknowledgement loses nothing, and the effect is there once',
    async (context) => {
      const { work, makeFolder } = benchOf(context);
      const queue = await getSubject().makeQueue();
      const dataDir = await makeFolder();
      const names = Array.from({ length: 12 }, (_, at) => `t${at}`);
      await queue.send(names.map((title) => notify('ann', title)));
      const child = spawn(process.execPath, ['--conditions=@carillon/source', PROCESS], {
        env: {
          PATH: process.env['PATH'],
          HOME: process.env['HOME'],
          AWS_ACCESS_KEY_ID: process.env['AWS_ACCESS_KEY_ID'],
          AWS_SECRET_ACCESS_KEY: process.env['AWS_SECRET_ACCESS_KEY'],
          ...queue.env,
          TEST_DATA_DIR: dataDir,
          TEST_KILL_AT: 't5',
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const [, signal] = await once(child, 'exit');
      expect(signal).toBe('SIGKILL');
      await vi.waitFor(async () => expect(await queue.unsettled()).toBeGreaterThan(0), WAIT);

      const worker = await work({ env: queue.env, dataDir });
      expect(await titles(worker, 'ann')).toContain('t5');
      await untilTitles(worker, 'ann', names);
      await untilNothingIsLeft(worker, queue);
      expect(await titles(worker, 'ann')).toHaveLength(names.length);
      expect(await queue.deadLetters()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'messages of one key take effect in the order they were sent, several keys at the same time',
    async (context) => {
      const { work } = benchOf(context);
      const queue = await getSubject().makeQueue();
      const keys = ['ann', 'bob', 'cleo', 'dan'];
      const running = new Map<string, number>();
      let together = 0;
      let overlaps = 0;
      const worker = await work({
        env: queue.env,
        wrap: before(async (input) => {
          const [user = ''] = Reflect.get(input as object, 'users') as string[];
          running.set(user, (running.get(user) ?? 0) + 1);
          if ((running.get(user) ?? 0) > 1) overlaps += 1;
          together = Math.max(together, running.size);
          // The first of each key is the slowest: without order it would come last.
          const first = titleOf(input) === 'n0';
          await new Promise((resolve) => {
            setTimeout(resolve, first ? 60 : 2);
          });
          running.delete(user);
        }),
      });
      const names = Array.from({ length: 10 }, (_, at) => `n${at}`);
      await queue.send(
        names.flatMap((title) => keys.map((user) => ({ ...notify(user, title), key: user }))),
      );
      for (const user of keys) await untilTitles(worker, user, names);
      for (const user of keys) expect(await titles(worker, user)).toEqual(names);
      expect(overlaps).toBe(0);
      expect(together).toBeGreaterThan(1);
      await untilNothingIsLeft(worker, queue);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'what can never succeed goes to the dead letters with the reason, and others go on',
    async (context) => {
      const { work } = benchOf(context);
      const queue = await getSubject().makeQueue();
      const worker = await work({ env: queue.env });
      const wrong: readonly (readonly [object | string, RegExp])[] = [
        ...(queue.holdsAnything === false ? [] : [['{"procedure": notify', /not_json/] as const]),
        ['[1]', /not_json/],
        [{ procedure: 'chat.fly', input: {} }, /unknown procedure "chat.fly"/],
        [{ procedure: 'inbox.list', input: {} }, /cannot be called through a queue/],
        [{ procedure: 'task.get', input: { task_id: 'x' } }, /cannot be called through a queue/],
        [{ procedure: 'notify', input: { users: ['ann'] } }, /"title" is required/],
        [{ procedure: 'publish', input: { channel: 'nowhere:x', data: 1 } }, /unknown_channel/],
      ];
      await queue.send([
        notify('ann', 'first'),
        ...wrong.map(([message]) => message),
        notify('ann', 'last'),
      ]);
      await untilTitles(worker, 'ann', ['first', 'last']);
      await vi.waitFor(
        async () => expect(await queue.deadLetters()).toHaveLength(wrong.length),
        WAIT,
      );
      await untilNothingIsLeft(worker, queue);
      const letters = await queue.deadLetters();
      for (const [message, reason] of wrong) {
        const text = textOf(message);
        const isSame = ({ body }: DeadLetter): boolean =>
          body === text || (typeof message !== 'string' && sameJson(body, text));
        expect(letters.find(isSame)?.reason).toMatch(reason);
      }
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'a message that fails is tried again after pauses while others go on; the fifth failure is the last',
    async (context) => {
      const { work } = benchOf(context);
      const queue = await getSubject().makeQueue();
      const attempts = new Map<unknown, number[]>();
      const worker = await work({
        env: queue.env,
        wrap: before((input) => {
          const title = titleOf(input);
          const times = attempts.get(title) ?? [];
          attempts.set(title, [...times, performance.now()]);
          const failures = title === 'twice' ? 2 : title === 'always' ? 99 : 0;
          if (times.length < failures) {
            throw new Error('a failing device');
          }
        }),
      });
      await queue.send([
        { ...notify('ann', 'always'), key: 'ann' },
        { ...notify('bob', 'twice'), key: 'bob' },
        { ...notify('bob', 'after'), key: 'bob' },
        { ...notify('cleo', 'other'), key: 'cleo' },
      ]);
      await untilTitles(worker, 'cleo', ['other']);
      await untilTitles(worker, 'bob', ['twice', 'after']);
      expect(await titles(worker, 'bob')).toEqual(['twice', 'after']);
      await vi.waitFor(async () => expect(await queue.deadLetters()).toHaveLength(1), WAIT);
      await untilNothingIsLeft(worker, queue);
      const [letter] = await queue.deadLetters();
      expect(letter?.body).toContain('always');
      expect(letter?.reason).toMatch(/^failed 5 times, last: internal/);
      expect(attempts.get('twice')).toHaveLength(3);
      const times = attempts.get('always') ?? [];
      expect(times).toHaveLength(5);
      const pauses = times.slice(1).map((time, at) => time - (times[at] ?? 0));
      for (const [at, least] of QUICK.backoffMs.entries()) {
        expect(pauses[at]).toBeGreaterThanOrEqual(least - 2);
      }
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'a graceful end finishes what runs, gives back what waits, and loses nothing',
    async (context) => {
      const { work, makeFolder } = benchOf(context);
      const queue = await getSubject().makeQueue();
      const dataDir = await makeFolder();
      const names = Array.from({ length: 30 }, (_, at) => `n${at}`);
      let begun = 0;
      let ended = 0;
      const hasBegun = Promise.withResolvers<void>();
      await queue.send(
        names.map((title) => notify('ann', title)).map((each, at) => ({ ...each, key: `k${at}` })),
      );
      const first = await startQueueWorker({
        env: queue.env,
        dataDir,
        limits: { ...QUICK, concurrency: 4 },
        wrap: before(async () => {
          begun += 1;
          if (begun === 6) hasBegun.resolve();
          await new Promise((resolve) => {
            setTimeout(resolve, 20);
          });
          ended += 1;
        }),
      });
      await hasBegun.promise;
      await first.close();
      expect(ended).toBe(begun);
      expect(begun).toBeLessThan(names.length);

      const worker = await work({ env: queue.env, dataDir });
      await untilTitles(worker, 'ann', names);
      await untilSettled(queue);
      expect(await queue.deadLetters()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  const twoWorkers = ordersAcrossWorkers
    ? 'two workers share a queue and one of them ends: nothing is lost, a key keeps its order'
    : 'two workers share a queue and one of them ends: nothing is lost';
  it.concurrent(
    twoWorkers,
    async (context) => {
      const { work } = benchOf(context);
      const queue = await getSubject().makeQueue();
      const keys = ['ann', 'bob', 'cleo'];
      const names = Array.from({ length: 16 }, (_, at) => `n${at}`);
      const seen = new Map(keys.map((key) => [key, new Set<string>()]));
      let calls = 0;
      const isHalfway = Promise.withResolvers<void>();
      const wrap = before(async (input) => {
        const [user = ''] = Reflect.get(input as object, 'users') as string[];
        seen.get(user)?.add(String(titleOf(input)));
        calls += 1;
        if (calls === (keys.length * names.length) / 2) isHalfway.resolve();
        await new Promise((resolve) => {
          setTimeout(resolve, 10);
        });
      });
      await queue.send(
        names.flatMap((title) => keys.map((user) => ({ ...notify(user, title), key: user }))),
      );
      // So few at a time that nobody gets everything.
      const env = { ...queue.env, QUEUE_PREFETCH: '4' };
      const first = await work({ env, wrap });
      const second = await work({ env, wrap });
      await isHalfway.promise;
      await first.consuming.close();
      await vi.waitFor(() => {
        for (const key of keys) expect(seen.get(key)?.size).toBe(names.length);
      }, WAIT);
      await untilNothingIsLeft(second, queue);
      expect(await queue.deadLetters()).toEqual([]);
      // What is repeated is no effect: the first time of each counts.
      if (ordersAcrossWorkers)
        for (const key of keys) expect([...(seen.get(key) ?? [])]).toEqual(names);
    },
    TIMEOUT_MS,
  );

  if (!canInterrupt) return;
  it(
    'a server that is killed and comes back is read on, without loss',
    async (context) => {
      const { work } = benchOf(context);
      const subject = getSubject();
      const queue = await subject.makeQueue();
      const worker = await work({ env: queue.env });
      await queue.send([notify('ann', 'before')]);
      await untilTitles(worker, 'ann', ['before']);
      await subject.interrupt?.();
      await queue.send([notify('ann', 'after')]);
      await untilTitles(worker, 'ann', ['before', 'after']);
      await untilNothingIsLeft(worker, queue);
    },
    TIMEOUT_MS,
  );
}

const sameJson = (one: string, other: string): boolean => {
  try {
    return canonical(JSON.parse(one)) === canonical(JSON.parse(other));
  } catch {
    return false;
  }
};

/** A database may keep JSON with its keys in another order. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
