/** `GET /api/ws/stats`: who is connected, how often. User ids are private, so it asks for a key. */
import type { FastifyInstance } from 'fastify';
import type { ConnectionRegistry } from '../ports/server-api.ts';
import { checkAccess } from '../procedures/actor.ts';
import { identifyCaller } from './caller.ts';
import type { HttpBase } from './http-deps.ts';
import { isFromLoopback } from './loopback.ts';
import { sendProblem } from './problem.ts';

export const STATS_PATH = '/api/ws/stats';

export const registerStatsRoute = (
  app: FastifyInstance,
  deps: HttpBase & { readonly registry: ConnectionRegistry },
): void => {
  app.get(STATS_PATH, { onRequest: identifyCaller(deps) }, async (request, reply) => {
    const isOpen = !deps.settings.isProduction && isFromLoopback(request);
    const access = checkAccess(request.caller.actor, 'admin');
    if (!isOpen && !access.ok) return sendProblem(reply, access);
    const { users, connections, byUser } = deps.registry.totals();
    return reply.header('cache-control', 'no-store').send({
      total_users: users,
      total_connections: connections,
      users: Object.fromEntries(byUser),
    });
  });
};
