/** Clients of the SDK against a running server, closed with the test file. */
import { type Client, type ClientOptions, createClient } from '@carillon/client';
import type { RunningServer } from '@carillon/testkit';
import { EventSource } from 'eventsource';

const clients: Client[] = [];

/** Short pauses, so that a test of coming back takes no longer than the server does. */
export const connectAs = (
  server: RunningServer,
  user: string,
  options: Partial<ClientOptions> = {},
): Client => {
  const client = createClient({
    url: server.url,
    getToken: () => server.token(user),
    reconnect: { minMs: 50, maxMs: 200, maxAttempts: 1000 },
    ...options,
    environment: { EventSource, ...options.environment },
  });
  clients.push(client);
  client.connect();
  return client;
};

export const closeClients = (): void => {
  for (const client of clients.splice(0)) client.close();
};

/** What is waited for comes over the state, never over time. */
export const untilStatus = (
  client: Client,
  ...wanted: ReturnType<Client['state']['get']>['status'][]
): Promise<void> =>
  new Promise((resolve) => {
    const look = (): boolean => wanted.includes(client.state.get().status);
    if (look()) return resolve();
    const stop = client.state.subscribe(() => {
      if (!look()) return;
      stop();
      resolve();
    });
  });

export const publishAs = async (
  server: RunningServer,
  channel: string,
  data: unknown,
): Promise<void> => {
  const response = await fetch(`${server.url}/api/publish`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': server.apiKey },
    body: JSON.stringify({ channel, data }),
  });
  if (!response.ok) throw new Error(`publish: ${response.status} ${await response.text()}`);
};
