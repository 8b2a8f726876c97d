/** The rest of what a chat shows and decides: who is typing, what is announced, what counts as read, which key sends. */
import type { ConversationState, Message } from '../chat/chat.ts';
import type { UiTexts } from './ui-texts.ts';

/** '' for nobody; at most two names, so that the line stays one line. */
export function typingText(
  users: readonly string[],
  texts: UiTexts,
  nameOf: (user: string) => string = (user) => user,
): string {
  const [first, second] = users;
  if (first === undefined) return '';
  if (second === undefined) return texts.t('chat.typing.one', { name: nameOf(first) });
  return users.length === 2
    ? texts.t('chat.typing.two', { name: nameOf(first), other: nameOf(second) })
    : texts.t('chat.typing.many');
}

/** What has come from others since `afterSeq`: to be announced, unlike loaded history. */
export function arrivedSince(
  state: ConversationState,
  afterSeq: number | undefined,
  user: string,
): readonly Message[] {
  if (afterSeq === undefined) return [];
  return state.messages.filter((message) => message.seq > afterSeq && message.sender !== user);
}

export const lastSeq = (state: ConversationState): number | undefined => state.messages.at(-1)?.seq;

export interface ReadInput {
  readonly state: ConversationState;
  readonly user: string;
  /** The end of the list is on the screen. */
  readonly isAtEnd: boolean;
  /** The tab is shown and has the focus. */
  readonly isLooking: boolean;
}

/** Up to where to mark as read now; undefined where there is nothing to mark, or nobody looks. */
export function seqToMark({ state, user, isAtEnd, isLooking }: ReadInput): number | undefined {
  const last = lastSeq(state);
  if (last === undefined || !isAtEnd || !isLooking) return undefined;
  return (state.readSeqs[user] ?? 0) < last ? last : undefined;
}

export interface PressedKey {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly isComposing: boolean;
  readonly keyCode: number;
}

/** Enter sends, Shift+Enter does not, nor the Enter that picks a word in an input method. */
export const isSendKey = (event: PressedKey): boolean =>
  // Safari ends the composition before the keydown and tells it by 229 only.
  event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
