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
  /**
   * Not more are sent away in a second, though it take longer than `durationMs`: what comes to the
   * other nodes is the same stream, smeared by the clients' own waiting before they reconnect.
   * @default no bound
   */
  readonly maxPerSecond?: number;
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
  const perBatch = batchSize(connections.length, intervalMs, options);
  let told = 0;
  for (let round = 1; told < connections.length; round += 1) {
    if (round > 1 && !pace.isHurried()) await sleep(pace.clock, intervalMs);
    // Of a batch of less than one, a connection goes every few rounds.
    const due = pace.isHurried() ? connections.length : Math.floor(perBatch * round);
    for (const connection of connections.slice(told, due)) connection.disconnect(disconnect);
    told = Math.max(told, due);
  }
}

function batchSize(count: number, intervalMs: number, options: DrainOptions): number {
  const batches = Math.max(1, Math.floor((options.durationMs ?? 5_000) / intervalMs));
  const wanted = Math.max(options.minBatchSize ?? 25, Math.ceil(count / batches));
  const { maxPerSecond } = options;
  return maxPerSecond === undefined ? wanted : Math.min(wanted, (maxPerSecond * intervalMs) / 1000);
}

function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
