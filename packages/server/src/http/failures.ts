/** What Fastify itself refuses, and what nobody expected, as problems; 404, 405 and 426 for unknown routes. */
import { fail, type Failure } from '@carillon/protocol';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { StoreUnavailableError } from '../ports/store.ts';
import { BodyError } from './body-error.ts';
import type { HttpBase } from './http-deps.ts';
import { sendProblem } from './problem.ts';
import type { RouteTable } from './route-table.ts';

const refusalOf = (error: FastifyError, limitBytes: number): [Failure, number?] | undefined => {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return [fail('too_long', `the body is larger than ${limitBytes} bytes`)];
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return [fail('bad_request', 'send JSON, with Content-Type: application/json'), 415];
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return [fail('bad_request', 'the body is not as long as Content-Length says')];
    case 'FST_ERR_BAD_URL':
      return [fail('bad_request', 'the path is not well encoded')];
    default:
      return error.statusCode !== undefined && error.statusCode < 500
        ? [fail(error.statusCode === 429 ? 'too_many_requests' : 'bad_request'), error.statusCode]
        : undefined;
  }
};

export const answerError =
  ({ logger, random }: Pick<HttpBase, 'logger' | 'random'>) =>
  (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (error instanceof BodyError) return sendProblem(reply, error.failure);
    if (error instanceof StoreUnavailableError) {
      logger.error({ err: error, request_id: request.id }, 'the store could not save');
      return sendProblem(reply, fail('storage_unavailable'));
    }
    const refusal = refusalOf(error, request.routeOptions.bodyLimit ?? 0);
    if (refusal !== undefined) return sendProblem(reply, ...refusal);
    const id = random.id();
    logger.error({ err: error, request_id: request.id, error_id: id }, 'a request failed');
    return sendProblem(reply, fail('internal', `internal server error (id ${id})`));
  };

export const answerUnknownRoute =
  (routes: RouteTable, webSocketRoutes: RouteTable) =>
  (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const [path = ''] = request.url.split('?', 1);
    const methods = routes.methodsOf(path);
    if (methods.length > 0) {
      reply.header('allow', methods.join(', '));
      return sendProblem(
        reply,
        fail('bad_request', `${request.method} is not possible here, only ${methods.join(', ')}`),
        405,
      );
    }
    if (webSocketRoutes.methodsOf(path).length > 0) {
      reply.header('upgrade', 'websocket').header('connection', 'upgrade');
      return sendProblem(reply, fail('bad_request', 'this path takes WebSocket handshakes'), 426);
    }
    return sendProblem(reply, fail('not_found', 'there is nothing at this path'));
  };
