/** When the list follows new messages, and what it says when it does not. */

/** Within this distance of the end the reader counts as being at the end. */
const NEAR_END_PX = 80;

export interface ScrollPosition {
  readonly scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
}

export const isNearEnd = ({ scrollTop, scrollHeight, clientHeight }: ScrollPosition): boolean =>
  scrollHeight - scrollTop - clientHeight <= NEAR_END_PX;
