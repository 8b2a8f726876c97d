/** What a backend sends, as the commands in the messenger do. */
import type { RunningServer } from '@carillon/testkit';

export async function postAsBackend(
  server: RunningServer,
  path: string,
  body: object,
): Promise<void> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'x-api-key': server.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok)
    throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
}
