/** One conversation while the component is there: what was said, what is on its way, who is typing. */
import { computed, toValue } from 'vue';
import type { ComputedRef, MaybeRefOrGetter, ShallowRef } from 'vue';
import { LOADING_CONVERSATION } from '@carillon/client';
import type {
  CarillonError,
  ConversationState,
  Message,
  PendingMessage,
  SendInput,
} from '@carillon/client';
import { useParts } from './carillon-context.ts';
import { notConnected } from './not-connected.ts';
import type { Status } from './status.ts';
import { useHeld } from './use-held.ts';
import { useReadable } from './use-readable.ts';

export interface ConversationActions {
  /** Shown at once, kept until delivered. Returns its client id. @throws CarillonError */
  readonly send: (input: SendInput | string) => string;
  readonly retry: (clientId: string) => void;
  readonly discard: (clientId: string) => void;
  readonly loadOlder: () => Promise<void>;
  readonly markRead: (seq: number) => void;
  /** On every key. @throws CarillonError `feature_off` without `typing_indicator` */
  readonly setTyping: (isTyping: boolean) => void;
}

export interface UsedConversation extends ConversationActions {
  /** `off`: no connection on this page, or no `messaging` in its route. */
  readonly status: ComputedRef<Status>;
  /** Everything that is known, as one object. */
  readonly state: Readonly<ShallowRef<ConversationState>>;
  readonly messages: ComputedRef<readonly Message[]>;
  /** Own messages on their way. */
  readonly pending: ComputedRef<readonly PendingMessage[]>;
  readonly typing: ComputedRef<readonly string[]>;
  readonly hasOlder: ComputedRef<boolean>;
  readonly hadGap: ComputedRef<boolean>;
  readonly error: ComputedRef<CarillonError | undefined>;
}

/** @param id undefined: none for now */
export function useConversation(id: MaybeRefOrGetter<string | undefined>): UsedConversation {
  const { parts, isOff } = useParts('messaging');
  const held = useHeld({
    owner: () => parts.value?.chat,
    id: () => toValue(id),
    open: (chat, name) => chat.open(name),
  });
  const state = useReadable(() => held.value?.state, LOADING_CONVERSATION);
  return {
    status: computed(() => (isOff.value ? 'off' : state.value.status)),
    state,
    messages: computed(() => state.value.messages),
    pending: computed(() => state.value.pending),
    typing: computed(() => state.value.typing),
    hasOlder: computed(() => state.value.hasOlder),
    hadGap: computed(() => state.value.hadGap),
    error: computed(() => state.value.error),
    send: (input) => {
      if (held.value === undefined) throw notConnected();
      return held.value.send(typeof input === 'string' ? { content: input } : input);
    },
    retry: (clientId) => held.value?.retry(clientId),
    discard: (clientId) => held.value?.discard(clientId),
    loadOlder: async () => held.value?.loadOlder(),
    markRead: (seq) => held.value?.markRead(seq),
    setTyping: (isTyping) => held.value?.setTyping(isTyping),
  };
}
