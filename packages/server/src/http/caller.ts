/**
 * Who an HTTP request speaks for: an API key, else the admin password, else a bearer token, else
 * nobody. Never a token in the URL.
 */
import { ERRORS, fail, ok, type Failure, type Outcome } from '@carillon/protocol';
import type { ProcedureAccess } from '@carillon/protocol/procedures';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../ports/authenticator.ts';
import { ANONYMOUS, checkAccess, type Actor } from '../procedures/actor.ts';
import { isConsoleToken } from './console-tokens.ts';
import type { HttpBase } from './http-deps.ts';
import { sendProblem } from './problem.ts';

export interface Caller {
  readonly actor: Actor;
  readonly identity?: Identity;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `identifyCaller`; anonymous before. */
    caller: Caller;
  }
}

export const ANONYMOUS_CALLER: Caller = { actor: ANONYMOUS };

const NO_QUERY = { get: () => null, has: () => false };

type CallerDeps = Pick<HttpBase, 'apiKeys' | 'credentials' | 'adminLogin'>;

const ADMIN: Caller = { actor: { type: 'backend', key: 'admin-password' } };

/** Undefined: none was presented. */
export const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];

/** The console's own token; undefined: another one, or none. */
const operatorOf = (
  adminLogin: CallerDeps['adminLogin'],
  request: FastifyRequest,
): Outcome<Caller> | undefined => {
  const token = bearerOf(request);
  if (adminLogin === undefined || token === undefined || !isConsoleToken(token)) return undefined;
  return adminLogin.verifyToken(token) ? ok(ADMIN) : fail('token_expired', 'log in again');
};

/** Undefined: no key was presented; a failure: not one of ours. */
export const backendOf = (
  deps: Pick<HttpBase, 'apiKeys'>,
  request: FastifyRequest,
): Outcome<Caller> | undefined => {
  const presented = request.headers['x-api-key'];
  if (presented === undefined) return undefined;
  const holder = typeof presented === 'string' ? deps.apiKeys.verify(presented) : undefined;
  return holder === undefined
    ? fail('unauthorized', 'the API key is not known')
    : ok({ actor: { type: 'backend', key: holder.label } });
};

export const callerOf = async (
  deps: CallerDeps,
  request: FastifyRequest,
): Promise<Outcome<Caller>> => {
  const backend = backendOf(deps, request);
  if (backend !== undefined) return backend;
  const admin = deps.adminLogin?.verify(request);
  if (admin !== undefined) return admin.ok ? ok(ADMIN) : admin;
  const operator = operatorOf(deps.adminLogin, request);
  if (operator !== undefined) return operator;
  const { authorization } = request.headers;
  if (authorization === undefined) return ok(ANONYMOUS_CALLER);
  const resolved = await deps.credentials.resolve({ query: NO_QUERY, authorization });
  if (!resolved.ok) return resolved;
  const identity = resolved.value;
  if (identity === undefined || identity.user === '') return ok(ANONYMOUS_CALLER);
  return ok({
    actor: { type: 'user', user: identity.user, isAdmin: identity.isAdmin === true },
    identity,
  });
};

/**
 * `onRequest` hook of routes that ask who is calling: those who may not call are sent away before
 * a byte of their body is read. `challenges`: the ways to log in that a 401 names; a token unless given.
 */
export const identifyCaller = (
  deps: CallerDeps,
  access: ProcedureAccess,
  challenges?: readonly string[],
) => {
  const refuse = (reply: FastifyReply, failure: Failure): FastifyReply => {
    if (failure.error === 'too_many_requests' && deps.adminLogin !== undefined) {
      reply.header('retry-after', deps.adminLogin.retryAfterSeconds);
    }
    if (challenges !== undefined && ERRORS[failure.error].httpStatus === 401) {
      reply.header('www-authenticate', challenges);
    }
    return sendProblem(reply, failure);
  };
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> => {
    const caller = await callerOf(deps, request);
    if (!caller.ok) return refuse(reply, caller);
    const allowed = checkAccess(caller.value.actor, access);
    if (!allowed.ok) return refuse(reply, allowed);
    request.caller = caller.value;
    return undefined;
  };
};
