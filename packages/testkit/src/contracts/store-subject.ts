/** What a contract suite is given: an open store whose clock the test moves. */
import type { Store } from '../../../server/src/ports/store.ts';

export interface StoreUnderTest {
  readonly store: Store;
  /** The clock the store was given, in ms since 1970. */
  now(): number;
  advance(ms: number): void;
  /** Closes the store and removes its data. */
  remove(): Promise<void>;
}

/** The writer's lease that stores under test are opened with, in ms. */
export const WRITER_LEASE_MS = 10_000;

/** Gives the store of the running test. */
export type Subject = () => StoreUnderTest;
