/** Who is typing: told to the others sparingly, and forgotten where nothing more is heard. */
import type { ClientClock } from '../environment.ts';

/** The others hear of it at most so often … */
const REPEAT_MS = 3_000;
/** … it ends so long after the last key … */
const IDLE_MS = 5_000;
/** … and is forgotten when the repeat that was due does not come. */
const FORGET_MS = 6_000;

export interface TypingSender {
  set(isTyping: boolean): void;
  /** Ended by a message, which tells it by itself. */
  end(): void;
}

export function createTypingSender(
  clock: ClientClock,
  tell: (isTyping: boolean) => void,
): TypingSender {
  let isTyping = false;
  let toldAtMs = 0;
  let cancel: (() => void) | undefined;
  const end = (): void => {
    cancel?.();
    isTyping = false;
  };
  const stop = (): void => {
    if (isTyping) tell(false);
    end();
  };
  return {
    end,
    set(isNow) {
      if (!isNow) return stop();
      const nowMs = clock.now();
      if (!isTyping || nowMs - toldAtMs >= REPEAT_MS) {
        toldAtMs = nowMs;
        tell(true);
      }
      isTyping = true;
      cancel?.();
      cancel = clock.after(IDLE_MS, stop);
    },
  };
}

export interface TypingWatch {
  set(user: string, isTyping: boolean): void;
  close(): void;
}

export function createTypingWatch(
  clock: ClientClock,
  onChange: (users: readonly string[]) => void,
): TypingWatch {
  const typing = new Map<string, () => void>();
  const set = (user: string, isTyping: boolean): void => {
    const known = typing.get(user);
    known?.();
    if (isTyping)
      typing.set(
        user,
        clock.after(FORGET_MS, () => set(user, false)),
      );
    else typing.delete(user);
    if ((known !== undefined) !== isTyping) onChange([...typing.keys()]);
  };
  return {
    set,
    close: () => {
      for (const cancel of typing.values()) cancel();
    },
  };
}
