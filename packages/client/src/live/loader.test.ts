import { expect, test } from 'vitest';
import { createFakeClock } from '../../../testkit/src/fake-clock.ts';
import { ScriptedClient, ScriptedStreams } from '../../../testkit/src/sdk/scripted-streams.ts';
import { CarillonError } from '../carillon-error.ts';
import { createLoader } from './loader.ts';

function scripted(everyMs = 0) {
  const clock = createFakeClock();
  const startMs = clock.now();
  const client = new ScriptedClient({
    streams: new ScriptedStreams(),
    own: [],
    after: (ms, callback) => clock.after(ms, callback),
  });
  const runs: number[] = [];
  const errors: number[] = [];
  let outcome = (): Promise<void> => Promise.resolve();
  const loader = createLoader({
    client,
    clock,
    everyMs,
    run: () => {
      runs.push(clock.now() - startMs);
      return outcome();
    },
    onError: ({ code }) => errors.push(code),
  });
  return {
    clock,
    client,
    loader,
    runs,
    errors,
    become: (next: typeof outcome) => {
      outcome = next;
    },
  };
}

const fails = (isTemporary: boolean) => () =>
  Promise.reject(new CarillonError({ code: 420, message: '', isTemporary }));

test('those who ask during a run share the next one', async () => {
  const { clock, loader, runs, become } = scripted();
  let end = (): void => undefined;
  become(() => new Promise((resolve) => (end = resolve)));
  void loader.load();
  await clock.settle();
  become(() => Promise.resolve());
  const later = Promise.all([loader.load(), loader.load()]);
  end();
  await later;
  expect(runs).toHaveLength(2);
});

test('a temporary failure is tried again, later each time, until it goes well', async () => {
  const { clock, loader, runs, errors, become } = scripted();
  become(fails(true));
  let isDone = false;
  void loader.load().then(() => (isDone = true));
  await clock.advance(8_000);
  expect(runs).toEqual([0, 1_000, 3_000, 7_000]);
  become(() => Promise.resolve());
  await clock.advance(8_000);
  expect([runs.at(-1), isDone, errors]).toEqual([15_000, true, []]);
});

test('when the connection is back it does not wait any longer', async () => {
  const { clock, client, loader, runs, become } = scripted();
  become(fails(true));
  void loader.load();
  await clock.advance(40_000);
  become(() => Promise.resolve());
  const before = runs.length;
  client.connect();
  await clock.advance(10);
  expect(runs.slice(before)).toEqual([40_005]);
});

test('a refusal is told and not tried again; nothing runs after the end', async () => {
  const { clock, loader, runs, errors, become } = scripted();
  become(fails(false));
  await loader.load();
  await clock.advance(60_000);
  expect([runs, errors]).toEqual([[0], [420]]);
  loader.close();
  await loader.load();
  expect(runs).toEqual([0]);
});

test('runs keep their distance where one is asked for', async () => {
  const { clock, loader, runs } = scripted(500);
  void loader.load();
  await clock.advance(100);
  void loader.load();
  await clock.advance(2_000);
  expect(runs).toEqual([0, 500]);
});
