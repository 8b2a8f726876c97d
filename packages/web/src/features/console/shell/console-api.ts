/**
 * The console's requests, typed by procedure. A failure is a value with what the server said about
 * it; nothing is kept here.
 */
import type { Method, MethodInput, MethodOutput } from '@carillon/client';
import { isJsonObject, textOf } from '../../../session/json-fields.ts';

interface Route {
  readonly verb: 'GET' | 'POST';
  readonly path: string;
  /** The field that is the whole body. */
  readonly body?: string;
}

const CONSOLE = '/api/v1/console';

const ROUTES = {
  'console.overview': { verb: 'GET', path: `${CONSOLE}/overview` },
  'console.users': { verb: 'GET', path: `${CONSOLE}/users` },
  'console.channels': { verb: 'GET', path: `${CONSOLE}/channels` },
  'console.channel': { verb: 'GET', path: `${CONSOLE}/channel` },
  'console.notify': { verb: 'POST', path: `${CONSOLE}/notify` },
  'console.tasks': { verb: 'GET', path: `${CONSOLE}/tasks` },
  'console.task': { verb: 'GET', path: `${CONSOLE}/tasks/{task_id}` },
  'console.cancelTask': { verb: 'POST', path: `${CONSOLE}/tasks/{task_id}/cancel` },
  'console.pushes': { verb: 'GET', path: `${CONSOLE}/pushes` },
  'console.resendPushes': { verb: 'POST', path: `${CONSOLE}/pushes/resend` },
  'console.discardPushes': { verb: 'POST', path: `${CONSOLE}/pushes/discard` },
  'console.configuration': { verb: 'GET', path: `${CONSOLE}/configuration` },
  'users.disconnect': { verb: 'POST', path: '/api/v1/users/{user_id}/disconnect' },
  'users.event': { verb: 'POST', path: '/api/v1/users/{user_id}/events', body: 'event' },
  notify: { verb: 'POST', path: '/api/v1/notifications' },
} as const satisfies Partial<Record<Method, Route>>;

export type ConsoleMethod = keyof typeof ROUTES;

export interface ConsoleFailure {
  readonly ok: false;
  readonly status: number | 'unreachable';
  /** What the server said, in English. */
  readonly message?: string;
}

export type ConsoleAnswer<T> = { readonly ok: true; readonly value: T } | ConsoleFailure;

export type ConsoleCall = <M extends ConsoleMethod>(
  method: M,
  input: MethodInput<M>,
) => Promise<ConsoleAnswer<MethodOutput<M>>>;

export function createConsoleCall(token: string): ConsoleCall {
  return async <M extends ConsoleMethod>(method: M, input: MethodInput<M>) => {
    const request = requestFor(ROUTES[method], { ...input });
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const answer = await send(request.url, { ...request.init, headers });
    // The route answers with what the procedure declares.
    return answer.ok ? { ok: true, value: answer.value as MethodOutput<M> } : answer;
  };
}

/** Path, query string and body out of a procedure's input. */
export function requestFor(
  { verb, path, body }: Route,
  input: Readonly<Record<string, unknown>>,
): { url: string; headers: Record<string, string>; init: RequestInit } {
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const url = path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return encodeURIComponent(String(value));
  });
  if (verb === 'GET') {
    const query = new URLSearchParams([...rest].map(([name, value]) => [name, String(value)]));
    const suffix = query.size === 0 ? '' : `?${query.toString()}`;
    return { url: `${url}${suffix}`, headers: {}, init: { method: verb } };
  }
  const content = body === undefined ? Object.fromEntries(rest) : rest.get(body);
  return {
    url,
    headers: { 'content-type': 'application/json' },
    init: { method: verb, body: JSON.stringify(content) },
  };
}

/** Also for the log-in, which is no procedure. */
export async function send(url: string, init: RequestInit): Promise<ConsoleAnswer<unknown>> {
  try {
    const response = await fetch(url, init);
    const body: unknown = await response.json().catch(() => undefined);
    if (response.ok) return { ok: true, value: body };
    const detail = isJsonObject(body)
      ? (textOf(body, 'detail') ?? textOf(body, 'title'))
      : undefined;
    return {
      ok: false,
      status: response.status,
      ...(detail === undefined ? {} : { message: detail }),
    };
  } catch {
    return { ok: false, status: 'unreachable' };
  }
}
