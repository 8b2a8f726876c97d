/** Request ids, one log line and two metrics per request. Logs the route's template, never the URL: URLs carry tokens. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { HttpBase } from './http-deps.ts';

const GOOD_ID = /^[\w.-]{1,64}$/;

/** A proxy's id is kept, so that its log and ours can be put side by side. */
export const requestIdOf =
  (random: HttpBase['random']) =>
  (request: IncomingMessage): string => {
    const given = request.headers['x-request-id'];
    return typeof given === 'string' && GOOD_ID.test(given) ? given : random.id();
  };

const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'unknown';

export const logRequests = (
  app: FastifyInstance,
  { logger, metrics }: Pick<HttpBase, 'logger' | 'metrics'>,
): void => {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const labels = {
      method: request.method,
      route: routeOf(request),
      status: String(reply.statusCode),
    };
    metrics.count('http_requests_total', 1, labels);
    metrics.observe('http_request_seconds', reply.elapsedTime / 1000, {
      method: labels.method,
      route: labels.route,
    });
    logger.debug(
      {
        request_id: request.id,
        ...labels,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        caller: request.caller.actor.type,
      },
      'request answered',
    );
  });
};
