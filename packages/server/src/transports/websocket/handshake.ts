/** Is this request a WebSocket handshake by RFC 6455 §4.2.1, and from where we allow it? */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { isOriginAllowed } from './origin.ts';

/** An HTTP answer instead of an upgrade. `label` names the reason in metrics. */
export interface Refusal {
  readonly status: number;
  readonly label: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

export const NOT_FOUND: Refusal = {
  status: 404,
  label: 'path',
  message: 'No WebSocket endpoint at this path.',
};

const KEY = /^[+/0-9A-Za-z]{22}==$/;

const bad = (message: string): Refusal => ({ status: 400, label: 'malformed', message });

const UNSUPPORTED_VERSION: Refusal = {
  status: 426,
  label: 'version',
  message: 'Sec-WebSocket-Version must be 13.',
  headers: { 'Sec-WebSocket-Version': '13' },
};

const FORBIDDEN_ORIGIN: Refusal = {
  status: 403,
  label: 'origin',
  message: 'This Origin is not allowed; add it to ALLOWED_ORIGINS.',
};

/** A list in a header; nearly always it is the one word. */
const hasToken = (header: string | undefined, token: string): boolean =>
  header !== undefined &&
  (header.toLowerCase() === token ||
    header.split(',').some((part) => part.trim().toLowerCase() === token));

/** Undefined: a handshake that may go on. */
export const checkHandshake = (
  request: IncomingMessage,
  allowedOrigins: ReadonlySet<string>,
): Refusal | undefined => {
  const { headers } = request;
  if (request.method !== 'GET') return bad('The method must be GET.');
  if (request.httpVersion === '1.0') return bad('The version must be HTTP/1.1.');
  if (!hasToken(headers.upgrade, 'websocket')) return bad('Upgrade must be websocket.');
  if (!hasToken(headers.connection, 'upgrade')) return bad('Connection must be Upgrade.');
  if (headers['sec-websocket-version'] !== '13') return UNSUPPORTED_VERSION;
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) {
    return bad('Sec-WebSocket-Key must be 16 bytes in base64.');
  }
  if (!isOriginAllowed(headers.origin, headers.host, allowedOrigins)) return FORBIDDEN_ORIGIN;
  return undefined;
};

const ignoreError = (): void => undefined;

function destroyFinished(this: Duplex): void {
  this.destroy();
}

/** Answers an upgrade that is not one of ours, or not a good one, and closes the connection. */
export const refuseUpgrade = (socket: Duplex, refusal: Refusal): void => {
  const { status, message, headers } = refusal;
  const body = `${message}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_TEXTS[status] ?? ''}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ];
  // The peer may be gone already; nobody is left to be told.
  socket.on('error', ignoreError);
  socket.once('finish', destroyFinished);
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
};
