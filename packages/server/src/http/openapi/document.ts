/** The OpenAPI 3.1 document: made from the procedures, with the other endpoints beside them. */
import type { Procedure } from '@carillon/protocol/procedures';
import { documentedEndpoints } from './endpoints.ts';
import { operationOf, type Json } from './operations.ts';

const PROBLEM: Json = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'detail', 'code', 'error', 'retry'],
  properties: {
    type: { type: 'string', description: 'urn:carillon:error:<name>' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What was wrong, and with which value.' },
    code: { type: 'integer', description: 'The same number as over WebSocket.' },
    error: { type: 'string', description: 'Name of the error.' },
    retry: { enum: ['no', 'later', 'after-reauth'] },
    request_id: { type: 'string', description: 'The same as in the log.' },
  },
};

const DESCRIPTION = `Field names are snake_case, except the identifiers \`clientId\` and \`dedupeKey\`.
Times are ISO 8601 in UTC. Cursors are opaque. \`null\` in a request means "not given".

People call with \`Authorization: Bearer <token>\`, backends with \`X-API-Key\`. Every procedure can also be called
over a connection, as the RPC method that its description names.`;

const proceduresByPath = (procedures: readonly Procedure[]): Json => {
  const paths = new Map<string, Record<string, Json>>();
  for (const procedure of procedures) {
    const { path, method } = procedure.http;
    const item = paths.get(path) ?? {};
    item[method.toLowerCase()] = operationOf(procedure);
    paths.set(path, item);
  }
  return Object.fromEntries(paths);
};

export const openApiDocument = (procedures: readonly Procedure[], version: string): Json => ({
  openapi: '3.1.1',
  info: {
    title: 'Carillon',
    version,
    description: DESCRIPTION,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  paths: { ...proceduresByPath(procedures), ...documentedEndpoints() },
  components: {
    schemas: { Problem: PROBLEM },
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      adminPassword: { type: 'http', scheme: 'basic' },
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    },
  },
});
