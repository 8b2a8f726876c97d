import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { percentileMs } from './latency-buckets.ts';
import { createStatisticsRecorder, KEPT_SECONDS } from './statistics-recorder.ts';

const FIGURES = {
  connections: 3,
  users: 2,
  devices: { mobile: 1, tablet: 0, desktop: 2, unknown: 0 },
};

function recording() {
  const passedOn: string[] = [];
  const metrics: Metrics = {
    count: (name, amount) => passedOn.push(`${name} ${amount}`),
    observe: (name, seconds) => passedOn.push(`${name} ${seconds}`),
    set: (name, value) => passedOn.push(`${name} ${value}`),
  };
  const clock = createFakeClock();
  const recorder = createStatisticsRecorder({ clock, metrics });
  recorder.start(() => FIGURES);
  return { clock, recorder, passedOn };
}

describe('statistics recorder', () => {
  test('everything reaches the metrics as it came', () => {
    const { recorder, passedOn } = recording();
    recorder.metrics.count('ws_messages_sent_total', 5);
    recorder.metrics.observe('http_request_seconds', 0.5);
    recorder.metrics.set?.('queue_waiting_messages', 7);
    expect(passedOn).toEqual([
      'ws_messages_sent_total 5',
      'http_request_seconds 0.5',
      'queue_waiting_messages 7',
    ]);
  });

  test('each second has what came in it, and nothing of the second before', async () => {
    const { clock, recorder } = recording();
    recorder.metrics.count('ws_messages_sent_total', 5);
    recorder.metrics.count('ws_messages_sent_total', 2);
    recorder.metrics.count('ws_frames_received_total', 3);
    recorder.metrics.count('push_total', 4, { result: 'delivered' });
    recorder.metrics.count('push_total', 1, { result: 'retry' });
    recorder.metrics.count('push_total', 1, { result: 'dropped' });
    recorder.metrics.observe('broadcast_seconds', 0.002);
    await clock.advance(1_010);
    await clock.advance(1_000);
    const [first, second] = recorder.samples();
    expect(first).toMatchObject({ sent: 7, received: 3, pushed: 4, pushFailed: 2 });
    expect(first).toMatchObject({ connections: 3, users: 2 });
    expect(percentileMs([first?.latency ?? []], 50)).toBeCloseTo(2.2, 0);
    expect(second).toMatchObject({ sent: 0, received: 0, pushed: 0, pushFailed: 0, latency: [] });
    expect((second?.second ?? 0) - (first?.second ?? 0)).toBe(1);
  });

  test('ten minutes are kept, the oldest go, and one can ask for the newest only', async () => {
    const { clock, recorder } = recording();
    for (let second = 0; second < KEPT_SECONDS + 5; second += 1) await clock.advance(1_000);
    const all = recorder.samples();
    expect(all).toHaveLength(KEPT_SECONDS);
    const seconds = all.map(({ second }) => second);
    expect(seconds).toEqual(seconds.toSorted((one, other) => one - other));
    const last = seconds.at(-1) ?? 0;
    expect(recorder.samples(last - 2).map(({ second }) => second)).toEqual([last - 1, last]);
  });

  test('a stopped recorder takes no more samples', async () => {
    const { clock, recorder } = recording();
    await clock.advance(1_010);
    recorder.stop();
    await clock.advance(5_000);
    expect(recorder.samples()).toHaveLength(1);
  });
});

describe('percentiles of buckets', () => {
  test('are at most a quarter above the truth, over all that is added up', async () => {
    const { clock, recorder } = recording();
    for (let ms = 1; ms <= 1_000; ms += 1) {
      recorder.metrics.observe('broadcast_seconds', ms / 1_000);
    }
    await clock.advance(1_010);
    const latencies = recorder.samples().map(({ latency }) => latency);
    for (const [percent, truth] of [
      [50, 500],
      [99, 990],
    ] as const) {
      const found = percentileMs([...latencies, []], percent) ?? 0;
      expect(found).toBeGreaterThanOrEqual(truth);
      expect(found).toBeLessThanOrEqual(truth * 1.25);
    }
  });

  test('there is none where nothing was measured', () => {
    expect(percentileMs([[], []], 99)).toBeUndefined();
  });
});
