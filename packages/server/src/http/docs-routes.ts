/** The API document at `/openapi.json` and a page to read and try it at `/docs`. Nothing comes from another host. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { Procedure } from '@carillon/protocol/procedures';
import { openApiDocument } from './openapi/document.ts';
import { CSP_HEADER, DOCS_CSP } from './security-headers.ts';

export interface DocsDeps {
  readonly procedures: readonly Procedure[];
  readonly version: string;
}

export const DOCS_PATH = '/docs';

export const registerDocsRoutes = async (app: FastifyInstance, deps: DocsDeps): Promise<void> => {
  // Through JSON once: schemas carry marks of their library that are no part of the document.
  const text = JSON.stringify(openApiDocument(deps.procedures, deps.version));

  app.get('/openapi.json', async (_request, reply) =>
    reply.type('application/json').header('cache-control', 'no-cache').send(text),
  );

  await app.register(async (docs) => {
    docs.addHook('onSend', async (_request, reply) => {
      reply.header(CSP_HEADER, DOCS_CSP);
    });
    await docs.register(swagger, {
      mode: 'static',
      specification: { document: JSON.parse(text) },
    });
    await docs.register(swaggerUi, {
      routePrefix: DOCS_PATH,
      theme: { title: 'Carillon API' },
      uiConfig: {
        layout: 'BaseLayout',
        docExpansion: 'list',
        deepLinking: true,
        displayOperationId: true,
        tryItOutEnabled: true,
      },
    });
  });
};
