/** Turns the visitor's choice of an identity into a credential, with a fresh ticket where one is wanted. */
import { request } from '../../session/server.ts';
import { demoSignIn } from '../../session/sign-in.ts';
import { textOf } from '../../session/json-fields.ts';
import type { Credential, Target } from './connect-plan.ts';

export interface Who {
  readonly kind: 'demo' | 'token' | 'none';
  readonly name: string;
  readonly token: string;
  readonly isTicket: boolean;
}

export type WhoProblem = 'auth.noDemo' | 'auth.unreachable' | 'auth.refused';

export type Proof =
  | { readonly ok: true; readonly credential: Credential; readonly token?: string }
  | { readonly ok: false; readonly problem: WhoProblem };

/** Tickets belong to handshakes and URLs; the other lines take the token in their first message. */
export const takesTicket = ({ endpoint, transport }: Target): boolean =>
  endpoint.tokenIn === 'url' || (endpoint.family === 'native' && transport === 'websocket');

export async function prove(who: Who, target: Target): Promise<Proof> {
  if (who.kind === 'none') return { ok: true, credential: {} };
  const found = who.kind === 'demo' ? await demoToken(who.name) : who.token.trim();
  if (typeof found !== 'string') return { ok: false, problem: found.problem };
  const token = found;
  if (!who.isTicket || !takesTicket(target)) return { ok: true, credential: { token }, token };
  const answer = await request('POST', '/api/v1/tickets', { token });
  const ticket = answer.ok ? textOf(answer.body, 'ticket') : undefined;
  if (ticket !== undefined) return { ok: true, credential: { ticket }, token };
  const isAway = !answer.ok && answer.status === 'unreachable';
  return { ok: false, problem: isAway ? 'auth.unreachable' : 'auth.refused' };
}

async function demoToken(name: string): Promise<string | { readonly problem: WhoProblem }> {
  const session = await demoSignIn(name);
  if (session === 'unreachable') return { problem: 'auth.unreachable' };
  return session.token ?? { problem: 'auth.noDemo' };
}
