/**
 * Sends everybody away without a stampede: in batches, paced over the time there is, so that the
 * nodes that take the clients over see an even stream. Who connects meanwhile is refused.
 */
import { DISCONNECTS } from '@carillon/protocol';
import type { Disconnect } from '@carillon/protocol';
import type { Clock } from '../ports/clock.ts';

export interface DrainOptions {
  /** The whole drain takes about this long. @default 5000 */
  readonly durationMs?: number;
  /** Pause between two batches. @default 100 */
  readonly batchIntervalMs?: number;
  /** No batch is smaller, so that a few connections do not take all the time. @default 25 */
  readonly minBatchSize?: number;
  /** @default 3001 shutdown */
  readonly disconnect?: Disconnect;
}

export interface Drainable {
  disconnect(disconnect: Disconnect): void;
}

/** Resolves when all have been told. `isHurried` is asked between batches: true ends the pacing. */
export async function drainConnections(
  connections: readonly Drainable[],
  options: DrainOptions,
  pace: { readonly clock: Clock; readonly isHurried: () => boolean },
): Promise<void> {
  const disconnect = options.disconnect ?? DISCONNECTS.shutdown;
  const intervalMs = options.batchIntervalMs ?? 100;
  const batches = Math.max(1, Math.floor((options.durationMs ?? 5_000) / intervalMs));
  const minimum = options.minBatchSize ?? 25;
  const size = Math.max(minimum, Math.ceil(connections.length / batches));
  for (let start = 0; start < connections.length; start += size) {
    if (start > 0 && !pace.isHurried()) await sleep(pace.clock, intervalMs);
    for (const connection of connections.slice(start, start + size)) {
      connection.disconnect(disconnect);
    }
  }
}

function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
