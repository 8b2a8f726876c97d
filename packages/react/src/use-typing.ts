/** Who is typing in a conversation, and telling that I am. */
import { usePageConfig } from './carillon-context.ts';
import { useConversation } from './use-conversation.ts';

export interface UsedTyping {
  /** Others, never myself. Empty without `typing_indicator` in the page's route. */
  readonly typing: readonly string[];
  /** Call it on every key; it tells the others often enough, and stops by itself. Does nothing without the feature. */
  readonly setTyping: (isTyping: boolean) => void;
}

const ignore = (): void => undefined;

export function useTyping(conversationId: string | undefined): UsedTyping {
  const { typing, setTyping } = useConversation(conversationId);
  const isListed = usePageConfig().features.has('typing_indicator');
  return { typing, setTyping: isListed ? setTyping : ignore };
}
