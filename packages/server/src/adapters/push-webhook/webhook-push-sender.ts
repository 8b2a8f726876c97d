/**
 * Posts each push as signed JSON to one URL, where the operator's bridge (JPush, UMeng, mail …)
 * takes over. Guarded against SSRF: public addresses only, checked on connect, no redirects.
 */
import { createHash, createSecretKey } from 'node:crypto';
import { Agent, request, type Dispatcher } from 'undici';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Push, PushResult, PushSender } from '../../ports/push-sender.ts';
import { createGuardedLookup, RefusedAddressError, type ResolveAll } from './guarded-lookup.ts';
import { retryAfterMs } from './retry-after.ts';
import { sign, SIGNATURE_HEADER } from './signature.ts';
import { parseWebhookUrl } from './webhook-url.ts';

export interface WebhookPushOptions {
  readonly url: string;
  /** Key of the HMAC-SHA256 signature. */
  readonly secret: string;
  readonly clock: Pick<Clock, 'now'>;
  /** One INFO line per push that was taken; the others are logged by who decides what follows. */
  readonly logger: Pick<Logger, 'info'>;
  /**
   * Also private, loopback and link-local addresses: for development and tests.
   * @default false
   */
  readonly allowPrivateHosts?: boolean;
  /**
   * For connecting, sending and the answer's headers together, in ms.
   * @default 10000
   */
  readonly timeoutMs?: number;
  /** @default the system's resolver */
  readonly resolve?: ResolveAll;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const CONNECTIONS = 16;

/** The answer's body is of no interest, but reading a little of it lets the connection be used again. */
const READ_BYTES = 16_384;

/** Worth another try although they are below 500: timeout, too early, too many requests. */
const RETRIED = new Set([408, 425, 429]);

/** @throws Error when the URL or the secret cannot be meant */
export function createWebhookPushSender(options: WebhookPushOptions): PushSender {
  const { allowPrivateHosts = false, clock, logger, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const url = parseWebhookUrl(options.url, allowPrivateHosts);
  if (options.secret === '')
    throw new Error('the push webhook needs a secret: PUSH_WEBHOOK_SECRET');
  const key = createSecretKey(Buffer.from(options.secret));
  const agent = new Agent({
    connections: CONNECTIONS,
    connect: {
      timeout: timeoutMs,
      ...(!allowPrivateHosts && { lookup: createGuardedLookup(options.resolve) }),
    },
  });

  const post = (push: Push): Promise<Dispatcher.ResponseData> => {
    const body = bodyOf(push);
    return request(url, {
      dispatcher: agent,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Carillon',
        'idempotency-key': headerSafe(push.id),
        [SIGNATURE_HEADER]: sign(body, key, clock.now()),
      },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
  };

  return {
    name: 'webhook',
    async send(push) {
      try {
        const response = await post(push);
        await response.body.dump({ limit: READ_BYTES }).catch(() => undefined);
        const result = resultOf(response, clock.now());
        if (result.type === 'delivered') {
          const { id, user, title } = push;
          logger.info({ provider: 'webhook', id, user, title }, 'push');
        }
        return result;
      } catch (error) {
        if (error instanceof RefusedAddressError) return { type: 'dropped', reason: error.message };
        return { type: 'retry', reason: describe(error) };
      }
    },
    close: () => agent.destroy(),
  };
}

function resultOf({ statusCode, headers }: Dispatcher.ResponseData, nowMs: number): PushResult {
  const reason = `HTTP ${statusCode}`;
  if (statusCode >= 200 && statusCode < 300) return { type: 'delivered' };
  if (statusCode < 500 && !RETRIED.has(statusCode)) return { type: 'dropped', reason };
  const afterMs = retryAfterMs(headers['retry-after'], nowMs);
  return { type: 'retry', reason, ...(afterMs !== undefined && { afterMs }) };
}

/** The id comes first and is the same on every attempt; `data` goes out as the JSON text it came as. */
function bodyOf(push: Push): string {
  const fields = JSON.stringify({
    id: push.id,
    type: 'push',
    user: push.user,
    title: push.title,
    body: push.body,
    link: push.link,
    collapse_key: push.collapseKey,
    badge: push.badge,
    mobile_only: push.mobileOnly ?? false,
    created_at: new Date(push.createdAt).toISOString(),
  });
  return push.data === undefined ? fields : `${fields.slice(0, -1)},"data":${push.data}}`;
}

/** Ids are ours and plain, unless an embedding program made its own. */
const headerSafe = (id: string): string =>
  /^[\x21-\x7e]{1,256}$/u.test(id) ? id : createHash('sha256').update(id).digest('hex');

/** The code, not the message: messages of network errors may carry the URL with its parameters. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'network error';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `network error: ${code}`;
}
