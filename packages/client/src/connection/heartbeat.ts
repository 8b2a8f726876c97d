/** Notices that nothing comes any more, not even pings. */
import type { ClientClock } from '../environment.ts';

export interface Heartbeat {
  /** Something came. */
  readonly hear: () => void;
  readonly stop: () => void;
}

export function createHeartbeat(
  clock: ClientClock,
  limitMs: number,
  onSilence: () => void,
): Heartbeat {
  let heardAt = clock.monotonic();
  let cancel: () => void;
  // One timer per limit and not one per frame: frames may come by the thousand.
  const check = (): void => {
    const leftMs = heardAt + limitMs - clock.monotonic();
    if (leftMs <= 0) onSilence();
    else cancel = clock.after(leftMs, check);
  };
  cancel = clock.after(limitMs, check);
  return {
    hear() {
      heardAt = clock.monotonic();
    },
    stop: () => cancel(),
  };
}
