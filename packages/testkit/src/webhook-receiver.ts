/**
 * The other end of a push webhook, as an operator would write it: checks signature and time,
 * drops repeats by id, and can be told to misbehave.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `hang` takes the request and never answers. */
export type WebhookBehaviour =
  | 'accept'
  | 'hang'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

export interface ReceivedPush {
  readonly id: string;
  readonly user: string;
  readonly title: string;
  readonly body: string;
  readonly [field: string]: unknown;
}

export interface WebhookReceiver {
  readonly url: string;
  /** Every request that came in, whatever was answered. */
  readonly requests: readonly { readonly path: string; readonly status: number }[];
  /** Genuine pushes, each id once. */
  readonly accepted: readonly ReceivedPush[];
  /** For this and later requests, until called again. */
  behave(behaviour: WebhookBehaviour): void;
  /** Resolves when so many requests have come in since the start. */
  waitForRequests(count: number): Promise<void>;
  /** Resolves when so many different pushes have been accepted. */
  waitForAccepted(count: number): Promise<void>;
  close(): Promise<void>;
}

export interface WebhookReceiverOptions {
  readonly secret: string;
  /** Older or newer signatures are refused. @default 300 */
  readonly toleranceSeconds?: number;
  /** ms since 1970. @default the wall clock */
  readonly now?: () => number;
}

/** True for a signature of this body by this secret, made within the tolerance. */
export function isGenuine(
  { body, header }: { readonly body: string; readonly header: string | undefined },
  { secret, toleranceSeconds = 300, now = Date.now }: WebhookReceiverOptions,
): boolean {
  const parts = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/u.exec(header ?? '');
  const [, timestamp, given] = parts ?? [];
  if (timestamp === undefined || given === undefined) return false;
  if (Math.abs(now() / 1_000 - Number(timestamp)) > toleranceSeconds) return false;
  const wanted = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest();
  return timingSafeEqual(wanted, Buffer.from(given, 'hex'));
}

export async function startWebhookReceiver(
  options: WebhookReceiverOptions,
): Promise<WebhookReceiver> {
  const requests: { path: string; status: number }[] = [];
  const accepted = new Map<string, ReceivedPush>();
  const waiting = new Set<{ readonly isDone: () => boolean; readonly resolve: () => void }>();
  let behaviour: WebhookBehaviour = 'accept';

  const wake = (): void => {
    for (const waiter of waiting) {
      if (!waiter.isDone()) continue;
      waiting.delete(waiter);
      waiter.resolve();
    }
  };
  const waitUntil = (isDone: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      waiting.add({ isDone, resolve });
      wake();
    });

  const answer = (request: IncomingMessage, body: string): number => {
    if (typeof behaviour === 'object') return behaviour.status;
    const header = request.headers['x-carillon-signature'];
    const signature = Array.isArray(header) ? header[0] : header;
    if (!isGenuine({ body, header: signature }, options)) return 401;
    const push = JSON.parse(body) as ReceivedPush;
    if (request.headers['idempotency-key'] !== push.id) return 400;
    accepted.set(push.id, push);
    return 200;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '/';
    if (behaviour === 'hang') {
      requests.push({ path, status: 0 });
    } else {
      const status = answer(request, Buffer.concat(chunks).toString());
      requests.push({ path, status });
      const headers = typeof behaviour === 'object' ? behaviour.headers : undefined;
      response.writeHead(status, headers).end('{}');
    }
    wake();
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/push`,
    requests,
    get accepted() {
      return [...accepted.values()];
    },
    behave(next) {
      behaviour = next;
    },
    waitForRequests: (count) => waitUntil(() => requests.length >= count),
    waitForAccepted: (count) => waitUntil(() => accepted.size >= count),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
