import { expect, test } from 'vitest';
import { channelsHere, channelsOfAll, firstNames, usersOfAll } from './overview.ts';

test('a page has the first names after the last one, in order, whatever the order they come in', () => {
  const names = ['d', 'a', 'c', 'e', 'b'];
  expect(firstNames(names, { limit: 2 })).toEqual(['a', 'b']);
  expect(firstNames(names, { after: 'b', limit: 2 })).toEqual(['c', 'd']);
  expect(firstNames(names, { after: 'd', limit: 2 })).toEqual(['e']);
  expect(firstNames(names, { after: 'e', limit: 2 })).toEqual([]);
});

test('pages follow one another without gap or repetition, over nodes that share names', () => {
  const one = new Map('acegikmo'.split('').map((name) => [name, 1]));
  const other = new Map('abcdefgh'.split('').map((name) => [name, 2]));
  const seen: string[] = [];
  for (let after: string | undefined, round = 0; round < 10; round += 1) {
    const query = { limit: 3, ...(after === undefined ? {} : { after }) };
    const shares = [one, other].map((channels) => channelsHere(channels, query));
    const page = channelsOfAll(shares, query.limit);
    seen.push(...page.items.map(({ channel, subscribers }) => `${channel}${subscribers}`));
    if (!page.hasMore) break;
    after = page.items.at(-1)?.channel;
  }
  expect(seen.join(' ')).toBe('a3 b2 c3 d2 e3 f2 g3 h2 i1 k1 m1 o1');
});

test('a user with connections on two nodes is one user with all of them', () => {
  const device = (connectionId: string) => ({
    connectionId,
    deviceType: 'mobile' as const,
    transport: 'websocket',
    protocol: 'native',
    connectedAt: 0,
  });
  const page = usersOfAll(
    [
      [{ user: 'ann', connections: 1, devices: [device('1')] }],
      [
        { user: 'ann', connections: 2, devices: [device('2'), device('3')] },
        { user: 'bob', connections: 1, devices: [device('4')] },
      ],
    ],
    1,
  );
  expect(page.hasMore).toBe(true);
  expect(page.items.map(({ user, connections }) => [user, connections])).toEqual([['ann', 3]]);
  expect(page.items[0]?.devices.map(({ connectionId }) => connectionId)).toEqual(['1', '2', '3']);
});
