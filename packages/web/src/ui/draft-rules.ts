/** What may be sent, and when the counter shows: the server's limit of 4,000 characters. */

export const MAX_MESSAGE_LENGTH = 4_000;
const COUNTER_FROM = 3_600;

export interface DraftState {
  readonly length: number;
  readonly canSend: boolean;
  readonly showsCounter: boolean;
  /** Characters over the limit. */
  readonly excess: number;
}

/** As the server counts: code points, so that an emoji is one and not two. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

export function draftState(draft: string): DraftState {
  const length = lengthOf(draft);
  const excess = Math.max(0, length - MAX_MESSAGE_LENGTH);
  return {
    length,
    canSend: draft.trim() !== '' && excess === 0,
    showsCounter: length >= COUNTER_FROM,
    excess,
  };
}

/** A name or room as the server takes it: 1 to 64 characters, none of them a control character. */
export function isValidName(name: string): boolean {
  const trimmed = name.trim();
  return trimmed !== '' && lengthOf(trimmed) <= 64 && !/\p{Cc}/u.test(trimmed);
}
