/**
 * What exactly is sent to connect: URL, method, body, first message. The page and the code it offers
 * to copy are both made from this plan.
 */
import { transportsOf } from './endpoints.ts';
import type { Endpoint, FieldName, Transport } from './endpoints.ts';

export interface Target {
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly fields: Readonly<Partial<Record<FieldName, string>>>;
  /** False: the native connect command is left to the visitor (WebSocket only). */
  readonly isGreeting: boolean;
}

/** What the visitor proves to be with; a ticket goes before a token. */
export interface Credential {
  readonly token?: string;
  readonly ticket?: string;
}

export interface ConnectPlan {
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly body?: string;
  /** Sent as soon as the WebSocket is open. */
  readonly firstMessage?: string;
  /** Where frames are posted when the connection itself runs one way. */
  readonly emulationUrl?: string;
}

const CLIENT_NAME = 'playground';

export const CONNECT_ID = 1;

export function planOf(target: Target, origin: string, credential: Credential = {}): ConnectPlan {
  const { endpoint, fields } = target;
  const transport = usableTransport(target);
  const url = new URL(fillPath(endpoint.paths[transport] ?? '/', fields), origin);
  for (const name of endpoint.fields) {
    const value = fields[name] ?? '';
    const isInPath = endpoint.paths[transport]?.includes(`{${name}}`) === true;
    if (!isInPath && value !== '') url.searchParams.set(name, value);
  }
  const base = { endpoint, transport, method: 'GET' } as const;
  if (endpoint.tokenIn === 'url') {
    if (credential.ticket !== undefined) url.searchParams.set('ticket', credential.ticket);
    else if (credential.token !== undefined) url.searchParams.set('token', credential.token);
    return { ...base, url: schemeOf(transport, url) };
  }
  const { token } = credential;
  const request = { ...(token === undefined ? {} : { token }), name: CLIENT_NAME };
  const greeting = JSON.stringify(
    endpoint.family === 'uni' ? request : { id: CONNECT_ID, connect: request },
  );
  if (transport === 'websocket') {
    if (credential.ticket !== undefined) url.searchParams.set('ticket', credential.ticket);
    const isSaid = target.isGreeting || endpoint.family === 'uni';
    return {
      ...base,
      url: schemeOf(transport, url),
      ...(isSaid ? { firstMessage: greeting } : {}),
    };
  }
  const uplink =
    endpoint.family === 'native' ? { emulationUrl: new URL('/emulation', origin).href } : {};
  // Streamed answers take the greeting as a body: a token in an address would end up in logs.
  return { ...base, ...uplink, url: url.href, method: 'POST', body: greeting };
}

const usableTransport = ({ endpoint, transport }: Target): Transport =>
  endpoint.paths[transport] === undefined ? (transportsOf(endpoint)[0] ?? transport) : transport;

function schemeOf(transport: Transport, url: URL): string {
  if (transport === 'websocket') url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

const fillPath = (path: string, fields: Target['fields']): string =>
  path.replace(/\{(\w+)\}/g, (_, name: FieldName) => encodeURIComponent(fields[name] ?? ''));

/** A required field that is still empty. */
export const missingField = ({ endpoint, transport, fields }: Target): FieldName | undefined =>
  endpoint.fields.find(
    (name) =>
      endpoint.paths[transport]?.includes(`{${name}}`) === true && (fields[name] ?? '') === '',
  );
