/**
 * Who the visitor is. A development server hands out demo tokens; elsewhere the visitor brings one,
 * or goes on without. Tokens live in memory only; what stands in a URL is a ticket that works once.
 */
import type { Address } from '../connection/reconnecting-socket.ts';
import { numberOf, parseObject, textOf } from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';
import { request } from './server.ts';

export interface Session {
  readonly user: string;
  readonly token?: string;
}

/** A demo session for this name; without a token where the server offers no demo log-in. */
export async function demoSignIn(name: string): Promise<Session | 'unreachable'> {
  const answer = await request('POST', '/api/demo/login', { body: { name } });
  if (!answer.ok) return answer.status === 'unreachable' ? 'unreachable' : { user: name };
  const token = textOf(answer.body, 'token');
  return {
    user: textOf(answer.body, 'user') ?? name,
    ...(token === undefined ? {} : { token }),
  };
}

/** The user a token speaks for, unverified: only the server can tell whether it is genuine. */
export function subjectOf(token: string): string | undefined {
  const claims = claimsOf(token);
  return claims === undefined ? undefined : textOf(claims, 'sub');
}

/** When a token runs out, in epoch milliseconds; undefined for one that does not say. */
export function expiryOf(token: string): number | undefined {
  const claims = claimsOf(token);
  const seconds = claims === undefined ? undefined : numberOf(claims, 'exp');
  return seconds === undefined ? undefined : seconds * 1000;
}

function claimsOf(token: string): JsonObject | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const binary = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (char) => char.codePointAt(0) ?? 0);
    return parseObject(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** The WebSocket URL of `path` on this server, with a fresh ticket where there is a token. */
export async function socketAddress(
  path: string,
  params: Readonly<Record<string, string>>,
  token: string | undefined,
): Promise<Address> {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = new URLSearchParams(params).toString();
  if (token !== undefined) {
    const answer = await request('POST', '/api/v1/tickets', { token });
    const ticket = answer.ok ? textOf(answer.body, 'ticket') : undefined;
    if (ticket === undefined) {
      const isRefused = !answer.ok && (answer.status === 401 || answer.status === 403);
      return { ok: false, reason: isRefused ? 'refused' : 'unreachable' };
    }
    url.searchParams.set('ticket', ticket);
  }
  return { ok: true, url: url.href };
}
