/**
 * Who is logged in to the console. The token lives as long as this browser tab (sessionStorage),
 * the password only until it was sent. A token of the password log-in is renewed while the page is open.
 */
import { isJsonObject, textOf } from '../../../session/json-fields.ts';
import { send } from './console-api.ts';

export type SessionState =
  | { readonly type: 'out'; readonly reason?: 'expired' | 'forbidden' }
  | { readonly type: 'in'; readonly token: string };

export type LogInResult = 'ok' | 'wrong' | 'tooMany' | 'notOperator' | 'unreachable';

export interface LogInWays {
  readonly hasPassword: boolean;
  /** In development, without a password: one click. */
  readonly hasDemo: boolean;
}

const STORAGE_KEY = 'carillon.console';
const LOGIN = '/api/v1/console/login';
const RENEW_EVERY_MS = 10 * 60_000;
const RENEWABLE = 'console.';

export interface ConsoleSession {
  readonly get: () => SessionState;
  /** Returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly logIn: (password: string) => Promise<LogInResult>;
  /** A token with the `admin` claim, made elsewhere. */
  readonly useToken: (token: string) => Promise<LogInResult>;
  readonly logInAsDemo: () => Promise<LogInResult>;
  readonly logOut: (reason?: 'expired' | 'forbidden') => void;
}

export function createConsoleSession(): ConsoleSession {
  const listeners = new Set<() => void>();
  const remembered = stored();
  let state: SessionState =
    remembered === null ? { type: 'out' } : { type: 'in', token: remembered };
  let timer: ReturnType<typeof setInterval> | undefined;

  const change = (next: SessionState): void => {
    state = next;
    store(next.type === 'in' ? next.token : undefined);
    clearInterval(timer);
    if (next.type === 'in' && next.token.startsWith(RENEWABLE)) {
      timer = setInterval(() => void renew(next.token), RENEW_EVERY_MS);
    }
    for (const listener of listeners) listener();
  };

  /** A failure is left to the next request, which will be refused. */
  const renew = async (token: string): Promise<void> => {
    const answer = await post(LOGIN, {}, token);
    if (state.type === 'in' && state.token === token && typeof answer === 'object') {
      change({ type: 'in', token: answer.token });
    }
  };

  const enter = (answer: Given | LogInResult): LogInResult => {
    if (typeof answer === 'string') return answer;
    change({ type: 'in', token: answer.token });
    return 'ok';
  };

  // A token that was kept may be near its end.
  if (state.type === 'in') {
    change(state);
    if (state.token.startsWith(RENEWABLE)) void renew(state.token);
  }
  return {
    get: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    logIn: async (password) => enter(await post(LOGIN, { password })),
    useToken: async (token) => enter(await checked(token)),
    logInAsDemo: async () =>
      enter(await post('/api/demo/login', { name: 'operator', admin: true })),
    logOut: (reason) => change({ type: 'out', ...(reason === undefined ? {} : { reason }) }),
  };
}

export async function logInWays(hasDemo: boolean): Promise<LogInWays> {
  const answer = await send(LOGIN, {});
  const hasPassword = answer.ok && isJsonObject(answer.value) && answer.value['password'] === true;
  return { hasPassword, hasDemo: hasDemo && !hasPassword };
}

interface Given {
  readonly token: string;
}

async function post(url: string, body: object, token?: string): Promise<Given | LogInResult> {
  const answer = await send(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  if (!answer.ok) return refusalOf(answer.status);
  if (!isJsonObject(answer.value)) return 'unreachable';
  const given = textOf(answer.value, 'token');
  return given === undefined ? 'unreachable' : { token: given };
}

/** Whether it opens the console is known when it has. */
async function checked(token: string): Promise<Given | LogInResult> {
  const authorization = `Bearer ${token}`;
  const answer = await send('/api/v1/console/configuration', { headers: { authorization } });
  return answer.ok ? { token } : refusalOf(answer.status);
}

function refusalOf(status: number | 'unreachable'): LogInResult {
  if (status === 401) return 'wrong';
  if (status === 403) return 'notOperator';
  return status === 429 ? 'tooMany' : 'unreachable';
}

/** Storage may be switched off in the browser: then the log-in lasts as long as the page. */
function stored(): string | null {
  try {
    return sessionStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

function store(token: string | undefined): void {
  try {
    if (token === undefined) sessionStorage.removeItem(STORAGE_KEY);
    else sessionStorage.setItem(STORAGE_KEY, token);
  } catch {
    return;
  }
}
