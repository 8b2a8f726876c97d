/**
 * The server HTTP API, `POST /api/<method>` with an API key, in the shapes of Centrifugo's, so that
 * its many client libraries work: `{result}`, or `{error: {code, message}}` with status 200.
 */
import { fail, type Outcome } from '@carillon/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checkAccess } from '../../procedures/actor.ts';
import { BodyError } from '../body-error.ts';
import { backendOf } from '../caller.ts';
import type { ApiDeps, HttpBase } from '../http-deps.ts';
import { bodyOf } from '../rest-input.ts';
import { apiError } from './api-error.ts';
import type { ApiMethod } from './method.ts';
import { API_METHODS } from './methods.ts';

type Deps = HttpBase & ApiDeps;

const requireKey =
  (deps: Deps) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const backend = backendOf(deps, request) ?? checkAccess(request.caller.actor, 'backend');
    if (!backend.ok) return reply.code(401).send(apiError(backend));
    if (backend.value !== undefined) request.caller = backend.value;
    return undefined;
  };

const run = async (
  deps: Deps,
  method: ApiMethod,
  request: FastifyRequest,
): Promise<Outcome<object>> => {
  try {
    return await method.run(deps, bodyOf(request).value);
  } catch (error) {
    const id = deps.random.id();
    deps.logger.error(
      { method: method.name, err: error, error_id: id },
      'a server API call failed',
    );
    return fail('internal', `internal server error (id ${id})`);
  }
};

export const registerServerApi = (app: FastifyInstance, deps: Deps): void => {
  for (const method of API_METHODS) {
    app.route({
      method: 'POST',
      url: `/api/${method.name}`,
      bodyLimit: deps.settings.maxBackendBodyBytes,
      onRequest: requireKey(deps),
      errorHandler: (error, _request, reply) => {
        if (!(error instanceof BodyError)) throw error;
        void reply.code(400).send(apiError(error.failure));
      },
      handler: async (request, reply) => {
        const outcome = await run(deps, method, request);
        return reply.send(outcome.ok ? { result: outcome.value } : apiError(outcome));
      },
    });
  }
};
