/** The REST API: one route per procedure, made from its declaration. */
import type { Procedure } from '@carillon/protocol/procedures';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Dispatcher } from '../procedures/dispatcher.ts';
import { identifyCaller } from './caller.ts';
import type { HttpBase } from './http-deps.ts';
import { sendProblem } from './problem.ts';
import { restInput } from './rest-input.ts';

const fastifyPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

const statusOf = ({ http }: Procedure, isRepeat: boolean): number => {
  const success = http.successStatus ?? 200;
  return isRepeat ? (http.repeatedStatus ?? success) : success;
};

const answerProcedure =
  (dispatcher: Dispatcher, procedure: Procedure) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const given = restInput(procedure, request);
    if (!given.ok) return sendProblem(reply, given);
    const { input, rawBody } = given.value;
    const outcome = await dispatcher.call(procedure.name, input, {
      ...request.caller,
      ...(rawBody !== undefined && { rawBody }),
    });
    if (!outcome.ok) return sendProblem(reply, outcome);
    const { output, isRepeat } = outcome.value;
    return reply
      .code(statusOf(procedure, isRepeat))
      .header('cache-control', 'no-store')
      .type('application/json')
      .send(JSON.stringify(output));
  };

export const registerRestRoutes = (
  app: FastifyInstance,
  deps: HttpBase & { readonly dispatcher: Dispatcher },
): void => {
  for (const procedure of deps.dispatcher.procedures) {
    app.route({
      method: procedure.http.method,
      url: fastifyPath(procedure.http.path),
      // Nobody without a key gets as far as sending a body to these.
      bodyLimit:
        procedure.access === 'backend'
          ? deps.settings.maxBackendBodyBytes
          : deps.settings.maxBodyBytes,
      onRequest: identifyCaller(deps, procedure.access),
      handler: answerProcedure(deps.dispatcher, procedure),
    });
  }
};
