/** Who is typing in a conversation, and telling that I am. */
import type { ComputedRef, MaybeRefOrGetter } from 'vue';
import { usePageConfig } from './carillon-context.ts';
import { useConversation } from './use-conversation.ts';

export interface UsedTyping {
  /** Others, never myself. Empty without `typing_indicator` in the page's route. */
  readonly typing: ComputedRef<readonly string[]>;
  /** Call it on every key; it tells the others often enough, and stops by itself. Does nothing without the feature. */
  readonly setTyping: (isTyping: boolean) => void;
}

export function useTyping(conversationId: MaybeRefOrGetter<string | undefined>): UsedTyping {
  const { typing, setTyping } = useConversation(conversationId);
  const config = usePageConfig();
  return {
    typing,
    setTyping: (isTyping) => {
      if (config.value.features.has('typing_indicator')) setTyping(isTyping);
    },
  };
}
