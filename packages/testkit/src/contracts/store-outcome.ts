import type { Outcome } from '../../../protocol/src/index.ts';

/** The value of an outcome that has to be a success. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`refused: ${outcome.error} ${outcome.message ?? ''}`);
}
