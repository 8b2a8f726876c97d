/**
 * What all nodes took from per-user rates: two hashes, one per window of 5 s, so that nothing adds
 * up for ever and nothing needs an expiry of its own. One script per exchange counts what was
 * taken and answers the sums; each node knows how much of a sum it has been told already.
 */
import type { SharedRates } from '../../ports/shared-rates.ts';
import { defineScript } from './connection-script.ts';
import type { RedisConnections } from './redis-connections.ts';

export interface RedisSharedRatesOptions {
  readonly connections: RedisConnections;
  /** What was taken is known for one to two of these. @default 5 s */
  readonly windowMs?: number;
}

const WINDOW_MS = 5_000;
const BUCKETS_PER_SCRIPT = 2_000;

/**
 * KEYS 1 names the slot and the first part of the windows' keys; ARGV 1 window ms, then bucket,
 * taken. Answers the window's number, then the sum in this window and in the last of each bucket.
 */
const EXCHANGE = defineScript(`
local length = tonumber(ARGV[1])
local time = redis.call('TIME')
local window = math.floor((time[1] * 1000 + math.floor(time[2] / 1000)) / length)
local this, last = KEYS[1] .. window, KEYS[1] .. (window - 1)
local answer = { window }
for index = 2, #ARGV, 2 do
  local bucket, taken = ARGV[index], ARGV[index + 1]
  local sum
  if tonumber(taken) > 0 then sum = redis.call('HINCRBYFLOAT', this, bucket, taken)
  else sum = redis.call('HGET', this, bucket) or '0' end
  answer[#answer + 1] = sum
  answer[#answer + 1] = redis.call('HGET', last, bucket) or '0'
end
redis.call('PEXPIRE', this, 2 * length)
return answer`);

interface Told {
  readonly window: number;
  readonly sum: number;
}

export function createRedisSharedRates(options: RedisSharedRatesOptions): SharedRates {
  const { connections, windowMs = WINDOW_MS } = options;
  const key = `${connections.prefix}:{rates}:`;
  /** The sum of each bucket as it was last answered; dropped when its window is past. */
  let told = new Map<string, Told>();
  let sweptWindow = 0;

  function note(bucket: string, spent: number, sums: { now: Told; last: number }): number {
    const { now, last } = sums;
    const before = told.get(bucket);
    told.set(bucket, now);
    const isCurrent = before?.window === now.window;
    const rest = isCurrent
      ? -before.sum
      : last - (before?.window === now.window - 1 ? before.sum : 0);
    return Math.max(0, now.sum - spent + rest);
  }

  function forgetBefore(window: number): void {
    if (window === sweptWindow) return;
    sweptWindow = window;
    told = new Map([...told].filter(([, each]) => each.window >= window - 1));
  }

  async function exchangeSome(
    some: readonly (readonly [string, number])[],
    others: Map<string, number>,
  ): Promise<void> {
    const args = some.flatMap(([bucket, count]) => [bucket, String(count)]);
    const answer = await connections.run(EXCHANGE, [key], [String(windowMs), ...args]);
    const [window, ...sums] = Array.isArray(answer) ? answer.map(Number) : [];
    if (window === undefined) return;
    some.forEach(([bucket, spent], index) => {
      const now = { window, sum: sums[2 * index] ?? 0 };
      const taken = note(bucket, spent, { now, last: sums[2 * index + 1] ?? 0 });
      if (taken > 0) others.set(bucket, taken);
    });
    forgetBefore(window);
  }

  return {
    async exchange(spent) {
      const others = new Map<string, number>();
      const entries = [...spent];
      const parts: Promise<void>[] = [];
      for (let from = 0; from < entries.length; from += BUCKETS_PER_SCRIPT) {
        parts.push(exchangeSome(entries.slice(from, from + BUCKETS_PER_SCRIPT), others));
      }
      await Promise.all(parts);
      return others;
    },
  };
}
