/**
 * Where a message list should stand after it has changed: at the end for a reader who is there or
 * has just written, else where it was, with the same message under the eye.
 */

export interface ScrollBox {
  readonly scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
}

/** Within this distance of the end the reader counts as being at the end. */
const NEAR_END_PX = 80;

export const isAtEnd = ({ scrollTop, scrollHeight, clientHeight }: ScrollBox): boolean =>
  scrollHeight - scrollTop - clientHeight <= NEAR_END_PX;

/** So near the beginning older messages are fetched, before the reader is there: head and first rows are that high. */
const NEAR_BEGINNING_PX = 200;

export const isNearBeginning = ({ scrollTop }: Pick<ScrollBox, 'scrollTop'>): boolean =>
  scrollTop < NEAR_BEGINNING_PX;

export interface ListChange {
  readonly before: ScrollBox;
  readonly after: ScrollBox;
  /** The first row is another one: older messages came in above. */
  readonly hasPrepended: boolean;
  readonly hasOwnNew: boolean;
}

/** The `scrollTop` to set, or undefined to leave it. */
export function scrollTopAfter(change: ListChange): number | undefined {
  const { before, after } = change;
  const end = Math.max(0, after.scrollHeight - after.clientHeight);
  if (change.hasOwnNew) return end;
  if (change.hasPrepended && !isAtEnd(before))
    return before.scrollTop + (after.scrollHeight - before.scrollHeight);
  return isAtEnd(before) ? end : undefined;
}
