/**
 * Headers that tell browsers what a response may do. An answer of the API may do nothing; pages may
 * load their own files and talk to their own server. No inline scripts or styles anywhere.
 */
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

export const CSP_HEADER = 'content-security-policy';

const policy = (directives: Readonly<Record<string, string>>): string =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`.trim())
    .join('; ');

const PAGE = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  // blob: is what a visitor has picked or recorded and not sent yet.
  'img-src': "'self' blob:",
  'media-src': "'self' blob:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

export const API_CSP = policy({ 'default-src': "'none'", 'frame-ancestors': "'none'" });

export const PAGE_CSP = policy({
  ...PAGE,
  'require-trusted-types-for': "'script'",
  'trusted-types': "'none'",
});

/** The API reader keeps its icons in data: URLs and builds HTML itself, so it gets no Trusted Types. */
export const DOCS_CSP = policy({ ...PAGE, 'img-src': "'self' data:" });

export const sendSecurityHeaders = async (app: FastifyInstance): Promise<void> => {
  await app.register(helmet, {
    contentSecurityPolicy: false,
    // Whether the host is always reached over TLS is known to whoever ends the TLS.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.header(CSP_HEADER, API_CSP);
  });
};
