/**
 * The messages of one conversation that are shown: by seq, without a hole, each once. What comes
 * too early waits until the hole before it is filled. Pure.
 */
import type { Message } from './chat.ts';

/** More are not kept: the oldest go, and can be loaded again. */
const MAX_SHOWN = 5_000;

export interface MessageLog {
  readonly messages: () => readonly Message[];
  /** Of the last that is shown; 0 where there is none. */
  readonly lastSeq: () => number;
  /** There are messages further on that cannot be shown yet. */
  readonly hasHole: () => boolean;
  /** False where a newest page lies so far ahead that others are missing between. */
  readonly reaches: (newest: readonly Message[]) => boolean;
  /** The newest page, in place of all that was shown. */
  readonly reset: (newest: readonly Message[]) => void;
  readonly add: (messages: readonly Message[]) => void;
}

export function createMessageLog(): MessageLog {
  const known = new Map<number, Message>();
  let shown: readonly Message[] = [];
  let first = 0;
  let last = 0;
  let highest = 0;
  let isLoaded = false;

  const show = (): void => {
    while (first > 1 && known.has(first - 1)) first -= 1;
    const lastBefore = last;
    while (known.has(last + 1)) last += 1;
    while (last > lastBefore && last - first >= MAX_SHOWN) {
      known.delete(first);
      first += 1;
    }
    const messages: Message[] = [];
    for (let seq = first; seq <= last; seq += 1) {
      const message = known.get(seq);
      if (message !== undefined) messages.push(message);
    }
    shown = messages;
  };
  const keep = (messages: readonly Message[]): boolean => {
    let isNews = false;
    for (const message of messages) {
      const old = known.get(message.seq);
      // A later state of a message has a higher rev; rooms tell none.
      if (old !== undefined && old.rev >= message.rev) continue;
      known.set(message.seq, message);
      highest = Math.max(highest, message.seq);
      isNews = true;
    }
    return isNews;
  };
  return {
    messages: () => shown,
    lastSeq: () => last,
    hasHole: () => isLoaded && highest > last,
    reaches: (newest) => isLoaded && (newest[0]?.seq ?? 1) <= last + 1,
    reset(newest) {
      first = newest[0]?.seq ?? 1;
      last = newest.at(-1)?.seq ?? 0;
      for (const seq of known.keys()) if (seq < first) known.delete(seq);
      isLoaded = true;
      keep(newest);
      show();
    },
    add(messages) {
      if (keep(messages) && isLoaded) show();
    },
  };
}
