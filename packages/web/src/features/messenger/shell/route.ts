/** Which conversation is open, kept in the address: it survives a reload, and "back" closes it. */
import { useSyncExternalStore } from 'react';

export type Route =
  | { readonly page: 'list' }
  | { readonly page: 'try' }
  | { readonly page: 'conversation'; readonly id: string };

const CONVERSATION = '#c/';
const TRY = '#try';

export const hrefOf = (conversationId: string): string =>
  `${CONVERSATION}${encodeURIComponent(conversationId)}`;

export const TRY_HREF = TRY;

export function routeOf(hash: string): Route {
  if (hash === TRY) return { page: 'try' };
  if (!hash.startsWith(CONVERSATION)) return { page: 'list' };
  try {
    const id = decodeURIComponent(hash.slice(CONVERSATION.length));
    return id === '' ? { page: 'list' } : { page: 'conversation', id };
  } catch {
    return { page: 'list' };
  }
}

const subscribe = (listener: () => void): (() => void) => {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
};

export function useRoute(): Route {
  return routeOf(useSyncExternalStore(subscribe, () => location.hash));
}

export function goTo(conversationId: string): void {
  location.hash = hrefOf(conversationId);
}

export function goToList(): void {
  history.pushState(null, '', `${location.pathname}${location.search}`);
  dispatchEvent(new HashChangeEvent('hashchange'));
}
