/**
 * A session as something to write down: what is connected to, what is said, in the order it was said.
 * Secrets are replaced by marks, which each language fills in from the environment.
 */
import { planOf } from '../connect-plan.ts';
import type { ConnectPlan, Target } from '../connect-plan.ts';
import type { Recording } from '../playground-session.ts';

export const TOKEN_MARK = '__TOKEN__';
export const TICKET_MARK = '__TICKET__';
const MARKS = /(__TOKEN__|__TICKET__)/;

export interface Script {
  readonly origin: string;
  readonly plan: ConnectPlan;
  readonly sent: readonly string[];
  readonly needsToken: boolean;
  readonly needsTicket: boolean;
}

export function scriptOf({ target, credential, token, sent }: Recording, origin: string): Script {
  const needsTicket = credential.ticket !== undefined;
  const hide = (text: string): string =>
    token === undefined || token === '' ? text : text.replaceAll(token, TOKEN_MARK);
  const plan = planOf(target, origin, {
    ...(credential.token === undefined ? {} : { token: TOKEN_MARK }),
    ...(needsTicket ? { ticket: TICKET_MARK } : {}),
  });
  const said = sent.map(hide);
  const isMarked = credential.token !== undefined || said.some((text) => text.includes(TOKEN_MARK));
  return { origin, plan, sent: said, needsTicket, needsToken: needsTicket || isMarked };
}

/** The same session over another transport, for programs that cannot speak the first one. */
export function overTransport(script: Script, target: Pick<Target, 'transport'>): Script {
  const { plan, origin, needsToken } = script;
  const credential = needsToken ? { token: TOKEN_MARK } : {};
  const moved = planOf(
    { endpoint: plan.endpoint, transport: target.transport, fields: {}, isGreeting: true },
    origin,
    credential,
  );
  return { ...script, plan: moved, needsTicket: false };
}

export type Part = { readonly text: string } | { readonly mark: 'TOKEN' | 'TICKET' };

/** Text and marks by turns. */
export const partsOf = (text: string): readonly Part[] =>
  text
    .split(MARKS)
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (piece === TOKEN_MARK) return { mark: 'TOKEN' };
      return piece === TICKET_MARK ? { mark: 'TICKET' } : { text: piece };
    });

/** Native lines are told apart by newlines, and a ping is an empty object. */
export const isNative = ({ endpoint }: ConnectPlan): boolean =>
  endpoint.family === 'native' || endpoint.family === 'uni';
