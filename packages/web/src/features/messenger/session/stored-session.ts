/**
 * Who is signed in, over reloads. A demo name is no secret and is kept by the browser; a token is
 * kept by its tab alone and is gone with it.
 */
import { subjectOf } from '../../../session/sign-in.ts';

export type Session =
  | { readonly kind: 'demo'; readonly user: string }
  | { readonly kind: 'token'; readonly user: string; readonly token: string };

const DEMO_KEY = 'carillon.demo-name';
const TOKEN_KEY = 'carillon.token';

/** Storage may be switched off in the browser: then one signs in after each reload. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

export const sessionOfToken = (token: string): Session | undefined => {
  const user = subjectOf(token);
  return user === undefined ? undefined : { kind: 'token', user, token };
};

/**
 * A token in the address (`?token=`) is taken out of it and only offered: a link must not sign anybody
 * in as somebody else without a word.
 */
export function takeOfferedToken(): string | undefined {
  const url = new URL(location.href);
  const token = url.searchParams.get('token') ?? undefined;
  if (token === undefined) return undefined;
  url.searchParams.delete('token');
  history.replaceState(null, '', url);
  return token;
}

/** `?user=` is a demo name for this window; else whoever was signed in before. */
export function restoreSession(): Session | undefined {
  const { searchParams } = new URL(location.href);
  const user = searchParams.get('user') ?? '';
  if (user !== '') return { kind: 'demo', user };
  if (searchParams.has('as')) return undefined;
  const kept = quietly(() => sessionStorage.getItem(TOKEN_KEY)) ?? undefined;
  const ofToken = kept === undefined ? undefined : sessionOfToken(kept);
  if (ofToken !== undefined) return ofToken;
  const name = quietly(() => localStorage.getItem(DEMO_KEY)) ?? undefined;
  return name === undefined ? undefined : { kind: 'demo', user: name };
}

/** Somebody who came as another person for one window stays that person in its address only. */
export function storeSession(session: Session): void {
  const url = new URL(location.href);
  quietly(() => {
    if (session.kind === 'token') sessionStorage.setItem(TOKEN_KEY, session.token);
    else if (url.searchParams.has('as')) {
      url.searchParams.delete('as');
      url.searchParams.set('user', session.user);
      history.replaceState(null, '', url);
    } else localStorage.setItem(DEMO_KEY, session.user);
  });
}

export function forgetSession(): void {
  quietly(() => sessionStorage.removeItem(TOKEN_KEY));
  quietly(() => localStorage.removeItem(DEMO_KEY));
  history.replaceState(null, '', location.pathname);
}
