/**
 * `GET /api/ws/stats`: who is connected, how often. User ids are private, so it asks for a key, or
 * for the admin password, which a browser can ask its user for.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ConnectionRegistry } from '../ports/server-api.ts';
import { ADMIN_CHALLENGES } from './admin-login.ts';
import { identifyCaller } from './caller.ts';
import type { HttpBase } from './http-deps.ts';
import { isFromLoopback } from './loopback.ts';

export const STATS_PATH = '/api/ws/stats';

export const registerStatsRoute = (
  app: FastifyInstance,
  deps: HttpBase & { readonly registry: ConnectionRegistry },
): void => {
  const challenges = deps.adminLogin === undefined ? undefined : ADMIN_CHALLENGES;
  const identify = identifyCaller(deps, 'admin', challenges);
  const onRequest = async (
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> =>
    !deps.settings.isProduction && isFromLoopback(request) ? undefined : identify(request, reply);

  app.get(STATS_PATH, { onRequest }, async (_request, reply) => {
    const { users, connections, byUser } = await deps.registry.totals();
    return reply.header('cache-control', 'no-store').send({
      total_users: users,
      total_connections: connections,
      users: Object.fromEntries(byUser),
    });
  });
};
