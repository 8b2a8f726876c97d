/** Commands of one moment leave together, in frames that the server accepts. */

/** Its limit is 64 KB, and a character is up to three bytes (or six, quoted once more for an uplink by POST). */
const MAX_FRAME_CHARACTERS = 10_000;

export interface MessageQueue {
  readonly push: (line: string) => void;
  /** Forgets what has not left. */
  readonly clear: () => void;
}

export function createMessageQueue(send: (frame: string) => void): MessageQueue {
  let frame = '';
  let generation = 0;

  const flush = (): void => {
    const full = frame;
    frame = '';
    if (full !== '') send(full);
  };

  return {
    push(line) {
      if (frame !== '' && frame.length + line.length > MAX_FRAME_CHARACTERS) flush();
      if (frame === '') {
        const mine = (generation += 1);
        queueMicrotask(() => mine === generation && flush());
        frame = line;
      } else {
        frame += `\n${line}`;
      }
    },
    clear() {
      frame = '';
    },
  };
}
