import { expect, it } from 'vitest';
import { createOffsetTracker } from './offset-tracker.ts';

const at = (offset: bigint) => ({ offset });

it('a partition is done up to its oldest unsettled message, holes in the log notwithstanding', () => {
  const tracker = createOffsetTracker<{ offset: bigint }>();
  const [first, second, third] = [at(3n), at(7n), at(8n)];
  for (const message of [first, second, third]) tracker.take('t/0', message);
  expect(tracker.settle('t/0', second)).toBeUndefined();
  expect(tracker.settle('t/0', first)).toBe(second);
  expect(tracker.settle('t/0', third)).toBe(third);
});

it('what is in hand or done is not taken again; partitions do not mix', () => {
  const tracker = createOffsetTracker<{ offset: bigint }>();
  const message = at(1n);
  expect(tracker.take('t/0', message)).toBe('taken');
  expect(tracker.take('t/0', at(1n))).toBe('in hand');
  expect(tracker.take('t/1', at(1n))).toBe('taken');
  tracker.settle('t/0', message);
  expect(tracker.take('t/0', at(1n))).toBe('done');
  expect(tracker.take('t/0', at(2n))).toBe('taken');
});

it('a partition that went to another worker is forgotten: what was in hand commits nothing', () => {
  const tracker = createOffsetTracker<{ offset: bigint }>();
  const message = at(1n);
  tracker.take('t/0', message);
  tracker.keepOnly(['t/1']);
  expect(tracker.settle('t/0', message)).toBeUndefined();
  expect(tracker.take('t/0', at(1n))).toBe('taken');
});
