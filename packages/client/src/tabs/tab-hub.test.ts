/** The hub alone, by its messages: what a takeover resumes from, and whom it minds. */
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../testkit/src/fake-clock.ts';
import { ScriptedClient, ScriptedStreams } from '../../../testkit/src/sdk/scripted-streams.ts';
import { COLLECT_MS, TabHub } from './tab-hub.ts';
import type { FromHub, Positions, ToHub } from './tab-messages.ts';

const HUB = 7;

function takeover() {
  const clock = createFakeClock();
  const streams = new ScriptedStreams();
  for (let n = 1; n <= 9; n += 1) streams.publish('user:u', n);
  const told: FromHub[] = [];
  const called: unknown[] = [];
  const resumed: unknown[] = [];
  const hub = new TabHub({
    hub: HUB,
    isTakeover: true,
    clock,
    post: (message) => told.push(message),
    watch: () => () => undefined,
    makeClient: () => {
      const client = new ScriptedClient({
        streams,
        own: ['user:u'],
        after: (ms, callback) => clock.after(ms, callback),
        answer: (_method, input) => {
          called.push(input);
          return Promise.resolve('done');
        },
      });
      const resume = client.resume.bind(client);
      client.resume = (name, position) => {
        resumed.push([name, position]);
        resume(name, position);
      };
      return client;
    },
  });
  const say = (message: ToHub): void => hub.handle(message);
  const hello = (tab: string, server: Positions): void =>
    say({ type: 'hello', hub: HUB, tab, wish: 'connect', holds: [], server });
  const serverTo = (tab: string): unknown[] =>
    told.flatMap((message) => {
      const isForTab = (message.to ?? tab) === tab;
      return isForTab && message.type === 'server' ? [message.publication.data] : [];
    });
  return { clock, told, called, resumed, say, hello, serverTo };
}

const at = (offset: number): Positions => ({ 'user:u': { epoch: 'e-user:u', offset } });

test('it goes on from the lowest position that any tab has', async () => {
  const { clock, hello, resumed, serverTo } = takeover();
  hello('a', at(8));
  hello('b', at(5));
  hello('c', {});
  await clock.advance(COLLECT_MS + 100);
  expect(resumed).toEqual([['user:u', { epoch: 'e-user:u', offset: 5 }]]);
  expect(serverTo('b')).toEqual([6, 7, 8, 9]);
});

test('a tab that speaks up late is told what it missed, as far as the hub knows it; else a gap', async () => {
  const { clock, hello, told, serverTo } = takeover();
  hello('a', at(5));
  await clock.advance(COLLECT_MS + 100);
  told.length = 0;
  hello('late', at(7));
  hello('too late', at(2));
  expect(serverTo('late')).toEqual([8, 9]);
  const gaps = told.filter(({ type }) => type === 'server_gap');
  expect(gaps).toEqual([
    {
      type: 'server_gap',
      hub: HUB,
      n: 9,
      to: 'too late',
      gap: {
        channel: 'user:u',
        from: { epoch: 'e-user:u', offset: 2 },
        to: { epoch: 'e-user:u', offset: 9 },
      },
    },
  ]);
});

test('what is meant for another hub is left to it', async () => {
  const { clock, called, hello, say } = takeover();
  hello('a', {});
  await clock.advance(COLLECT_MS + 100);
  const ask = { kind: 'call', method: 'inbox.counts', input: 'for me', timeoutMs: 1_000 } as const;
  say({ type: 'ask', hub: HUB + 1, tab: 'a', id: 1, ask: { ...ask, input: 'for another' } });
  say({ type: 'ask', hub: HUB, tab: 'a', id: 2, ask });
  await clock.advance(10);
  expect(called).toEqual(['for me']);
});
