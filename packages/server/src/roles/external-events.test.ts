import { fail, ok } from '@carillon/protocol';
import { expect, it } from 'vitest';
import { silentLogger } from '../../../testkit/src/simulation/node-fixture.ts';
import type { Notice } from '../domain/inbox/inbox-service.ts';
import { createExternalEventHandler } from './external-events.ts';

function setUp(answer: 'accepts' | 'refuses' | 'throws' = 'accepts') {
  const notices: [Notice, readonly string[]][] = [];
  const events: [string, string][] = [];
  const results: (string | undefined)[] = [];
  const settle = <T>(value: T) => {
    if (answer === 'throws') throw new Error('out of order');
    return Promise.resolve(answer === 'accepts' ? ok(value) : fail('storage_unavailable'));
  };
  const handle = createExternalEventHandler({
    inbox: {
      notify: (notice, users) => {
        notices.push([notice, users]);
        return settle({ id: 'n1', accepted: 1 });
      },
      eventFor: (user, event) => {
        events.push([user, event]);
        return settle({ duplicate: false });
      },
    },
    logger: silentLogger(),
    metrics: {
      count: (_name, _amount, labels) => results.push(labels?.['result']),
      observe: () => undefined,
    },
  });
  return { handle, notices, events, results };
}

it('JSON with a title becomes a notification, with the fields that notifications have', async () => {
  const { handle, notices, results } = setUp();
  await handle(
    'ann',
    '{"id":7,"title":"Paid","content":"by Bob","type":"success","link":"/o/1","source":"shop","data":{"n":1},"dedupeKey":"o1","status":"unread"}',
  );
  await handle('bob', '{"title":"Hi","content":null}');
  expect(notices).toEqual([
    [
      {
        title: 'Paid',
        content: 'by Bob',
        type: 'success',
        link: '/o/1',
        source: 'shop',
        data: '{"n":1}',
        dedupeKey: 'o1',
      },
      ['ann'],
    ],
    [{ title: 'Hi' }, ['bob']],
  ]);
  expect(results).toEqual(['notification', 'notification']);
});

it('any other JSON object is an event, its numbers as they were written, on one line', async () => {
  const { handle, events, results } = setUp();
  await handle('ann', '{ "type": "cart_updated",\n "total": 12345678901234567890.10 }');
  expect(events).toEqual([['ann', '{"type":"cart_updated","total":12345678901234567890.10}']]);
  expect(results).toEqual(['event']);
});

it('what cannot be used is counted and never thrown', async () => {
  const { handle, notices, events, results } = setUp();
  for (const bad of [
    'not json',
    '',
    '[1]',
    '"text"',
    'null',
    '{"title":7}',
    '{"title":"t","link":{}}',
    '{"__proto__":{}}',
    '{"a":'.repeat(200),
  ]) {
    await handle('ann', bad);
  }
  expect([notices, events]).toEqual([[], []]);
  expect(results).toEqual(Array.from({ length: 9 }, () => 'refused'));
});

it('what storage refuses or fails at is counted and never thrown', async () => {
  const refusing = setUp('refuses');
  await refusing.handle('ann', '{"title":"t"}');
  expect(refusing.results).toEqual(['refused']);
  const failing = setUp('throws');
  await failing.handle('ann', '{"type":"x"}');
  expect(failing.results).toEqual(['failed']);
});
