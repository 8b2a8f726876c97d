/**
 * How long requests may take to arrive. The server's own limit is as long as the longest upload;
 * all others have less, and an upload that stands still has less too.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../ports/clock.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads its body by itself, as long as it takes. */
    readonly hasSlowBody?: boolean;
  }
}

/** The longest that an upload may take. */
export const UPLOAD_TIMEOUT_MS = 15 * 60_000;

const BODY_TIMEOUT_MS = 30_000;
const STALL_TIMEOUT_MS = 30_000;

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined ||
  (headers['content-length'] !== undefined && headers['content-length'] !== '0');

/** For routes that take JSON. */
export function limitBodies(app: FastifyInstance, clock: Pick<Clock, 'after'>): void {
  const waiting = new WeakMap<FastifyRequest, () => void>();
  const arrived = (request: FastifyRequest): void => waiting.get(request)?.();
  app.addHook('onRequest', async (request) => {
    if (!hasBody(request) || request.routeOptions.config.hasSlowBody === true) return;
    waiting.set(
      request,
      clock.after(BODY_TIMEOUT_MS, () => request.raw.destroy()),
    );
  });
  app.addHook('preValidation', async (request) => arrived(request));
  app.addHook('onResponse', async (request) => arrived(request));
  app.addHook('onRequestAbort', async (request) => arrived(request));
}

/** Ends a request of which nothing came for a while. */
export function watchStall(
  request: FastifyRequest,
  clock: Pick<Clock, 'after'>,
): { readonly stop: () => void } {
  let seen = request.raw.socket.bytesRead;
  let cancel = (): void => undefined;
  const look = (): void => {
    const { bytesRead } = request.raw.socket;
    if (bytesRead === seen) {
      request.raw.destroy();
      return;
    }
    seen = bytesRead;
    cancel = clock.after(STALL_TIMEOUT_MS, look);
  };
  cancel = clock.after(STALL_TIMEOUT_MS, look);
  return { stop: () => cancel() };
}
