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

/** `?user=` (demo) and `?token=` come first and are taken out of the address. */
export function restoreSession(): Session | undefined {
  const url = new URL(location.href);
  const user = url.searchParams.get('user') ?? undefined;
  const token = url.searchParams.get('token') ?? undefined;
  if (token !== undefined) {
    url.searchParams.delete('token');
    history.replaceState(null, '', url);
    const session = sessionOfToken(token);
    if (session !== undefined) storeSession(session);
  }
  if (user !== undefined && user !== '') return { kind: 'demo', user };
  if (url.searchParams.has('as')) return undefined;
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
