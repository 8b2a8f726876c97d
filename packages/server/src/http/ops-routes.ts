/** For operators and their machinery: alive, ready, measured. Exempt from the rate limit. */
import type { FastifyInstance } from 'fastify';
import type { HttpBase, OpsDeps } from './http-deps.ts';
import { createReadiness } from './readiness.ts';

const FREE = { config: { rateLimit: false as const } };

export const registerOpsRoutes = (app: FastifyInstance, deps: HttpBase & OpsDeps): void => {
  const readiness = createReadiness({
    healthChecks: deps.healthChecks,
    isDraining: deps.isDraining,
    clock: deps.clock,
    timeoutMs: deps.settings.healthTimeoutMs,
  });

  app.get('/health', FREE, async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  );

  app.get('/ready', FREE, async (_request, reply) => {
    const result = await readiness();
    return reply
      .code(result.status === 'ready' ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(result);
  });

  const { metricsPage } = deps;
  if (metricsPage !== undefined) {
    app.get('/metrics', FREE, async (_request, reply) =>
      reply.type(metricsPage.contentType).send(await metricsPage.render()),
    );
  }
};
