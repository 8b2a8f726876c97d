/**
 * Requests to this page's own server: JSON in, JSON out. A failure is a value; `unreachable` means
 * no answer at all.
 */
import { isJsonObject } from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';

export type Answer =
  | { readonly ok: true; readonly body: JsonObject }
  | { readonly ok: false; readonly status: number | 'unreachable' };

export interface RequestOptions {
  readonly token?: string | undefined;
  readonly body?: object;
}

export async function request(
  method: 'GET' | 'POST',
  path: string,
  { token, body }: RequestOptions = {},
): Promise<Answer> {
  const headers: Record<string, string> = {};
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  try {
    const response = await fetch(path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) return { ok: false, status: response.status };
    const answer: unknown = await response.json().catch(() => ({}));
    return { ok: true, body: isJsonObject(answer) ? answer : {} };
  } catch {
    return { ok: false, status: 'unreachable' };
  }
}
