/** Bodies are JSON or nothing; what the parser refuses becomes a coded problem. */
import { fail } from '@carillon/protocol';
import type { FastifyInstance } from 'fastify';
import { BodyError } from './body-error.ts';
import { parseJsonBody, type JsonBody } from './json-body.ts';

const EMPTY: JsonBody = { value: {}, raw: '{}' };

export const acceptJsonBodies = (app: FastifyInstance, maxDepth: number): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    /^application\/(?:[\w.+-]+\+)?json(?:;|$)/,
    { parseAs: 'string' },
    async (_request: unknown, text: string) => {
      if (text.trim() === '') return EMPTY;
      const parsed = parseJsonBody(text, maxDepth);
      if (!parsed.ok) throw new BodyError(fail(parsed.error, parsed.message));
      return parsed.value;
    },
  );
};
