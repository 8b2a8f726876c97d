/** The built pages and their files. */
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { registerDemoLogin } from './demo-login-route.ts';
import type { HttpBase, WebDeps } from './http-deps.ts';
import { CSP_HEADER, PAGE_CSP } from './security-headers.ts';

const PAGES: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/chat': 'chat.html',
  '/console': 'console.html',
  '/playground': 'playground.html',
};

/** File names with a hash never change their content. */
const HASHED = /[/\\]assets[/\\][^/\\]+-[\w-]{8,}\.\w+$/;
const FOREVER = 'public, max-age=31536000, immutable';

export const registerWebRoutes = async (
  app: FastifyInstance,
  deps: HttpBase & WebDeps,
): Promise<void> => {
  if (deps.demoLogin !== undefined) {
    const hasPassword = deps.adminLogin !== undefined;
    registerDemoLogin(app, { makeToken: deps.demoLogin, hasPassword });
  }
  const { webRoot } = deps;
  if (webRoot === undefined) return;
  if (!existsSync(join(webRoot, 'index.html'))) {
    deps.logger.warn({ web_root: webRoot }, 'the web pages are not built; run npm run build');
    return;
  }
  await app.register(fastifyStatic, {
    root: webRoot,
    wildcard: false,
    index: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header('cache-control', HASHED.test(path) ? FOREVER : 'no-cache');
      if (path.endsWith('.html')) reply.header(CSP_HEADER, PAGE_CSP);
    },
  });
  for (const [path, file] of Object.entries(PAGES)) {
    app.get(path, async (_request, reply) => reply.sendFile(file));
  }
};
