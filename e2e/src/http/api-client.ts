/** A backend or a person talking to a running server over HTTP, as any program would. */
import type { RunningServer } from '@carillon/testkit';

export interface Answer {
  readonly status: number;
  readonly type: string;
  /** Parsed JSON; fields are checked by the expectations, not by types. */
  readonly body: Readonly<Record<string, unknown>>;
}

export type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

export interface ApiClients {
  /** With the API key. */
  readonly backend: Call;
  readonly nobody: Call;
  as(user: string, claims?: Readonly<Record<string, unknown>>): Promise<Call>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const parsed = (text: string): Record<string, unknown> => {
  const value: unknown = text.startsWith('{') ? JSON.parse(text) : {};
  return isRecord(value) ? value : {};
};

const callWith =
  (url: string, headers: Readonly<Record<string, string>>): Call =>
  async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body: parsed(text),
    };
  };

export const apiClients = (server: RunningServer): ApiClients => ({
  backend: callWith(server.url, { 'x-api-key': server.apiKey }),
  nobody: callWith(server.url, {}),
  as: async (user, claims) =>
    callWith(server.url, { authorization: `Bearer ${await server.token(user, claims)}` }),
});
