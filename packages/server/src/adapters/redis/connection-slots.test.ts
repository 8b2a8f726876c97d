import { expect, it } from 'vitest';
import { createRendezvous, hashTag, slotOf } from './connection-slots.ts';

it('slots are those of the Redis Cluster specification', () => {
  expect(slotOf('123456789')).toBe(12_739);
  expect(slotOf('foo')).toBe(12_182);
  expect(slotOf('{user1000}.following')).toBe(slotOf('{user1000}.followers'));
});

it('only what stands between the first braces counts, if anything does', () => {
  expect(hashTag('carillon:{chat:1}:s')).toBe('chat:1');
  expect(hashTag('foo{}{bar}')).toBe('foo{}{bar}');
  expect(hashTag('foo{{bar}}zap')).toBe('{bar');
  expect(hashTag('foo{bar}{zap}')).toBe('bar');
  expect(hashTag('foo{bar')).toBe('foo{bar');
});

const names = Array.from({ length: 10_000 }, (_, index) => `carillon:{chat:${index}}`);

it('several servers get equal shares, and keep what they have when one more comes', () => {
  const before = createRendezvous(['a:1', 'b:1', 'c:1']);
  const after = createRendezvous(['d:1', 'c:1', 'a:1', 'b:1']);
  const servers = { before: ['a', 'b', 'c'], after: ['d', 'c', 'a', 'b'] };
  const shares = new Map<string, number>();
  let moved = 0;
  for (const name of names) {
    const was = servers.before[before(name)] ?? '';
    const is = servers.after[after(name)] ?? '';
    shares.set(is, (shares.get(is) ?? 0) + 1);
    if (was === is) continue;
    moved += 1;
    expect(is).toBe('d');
  }
  expect(moved).toBe(shares.get('d'));
  for (const share of shares.values()) expect(Math.abs(share - 2_500)).toBeLessThan(250);
});

it('a channel and its keys go to the same server', () => {
  const choose = createRendezvous(['a:1', 'b:1', 'c:1']);
  for (const name of names.slice(0, 100)) expect(choose(`${name}:m`)).toBe(choose(name));
});
