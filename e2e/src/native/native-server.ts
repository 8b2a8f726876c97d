/** The server these tests drive, with namespaces for each rule, and SDK clients that clean up after themselves. */
import { type RunningServer, type ServerOptions, startServer } from '@carillon/testkit';
import { Centrifuge, type Options, type Subscription, type TransportName } from 'centrifuge';
import { EventSource } from 'eventsource';
import { WebSocket } from 'ws';

const namespace = (name: string, rules: object = {}): object => ({
  name,
  subscribe: 'authenticated',
  publish: 'authenticated',
  history: { size: 200, ttl: '300s' },
  recover: true,
  presence: true,
  joinLeave: true,
  slowConsumer: 'disconnect',
  ...rules,
});

const NAMESPACES = [
  namespace('news'),
  namespace('brief', { history: { size: 10, ttl: '300s' } }),
  namespace('bare', { history: undefined, recover: false, presence: false }),
  namespace('vip', { subscribe: 'token', publish: 'none' }),
  namespace('shut', { subscribe: 'none', publish: 'none' }),
];

/** Set by whoever runs these scenarios on another engine, before they begin. */
export const engineEnv: Record<string, string> = {};

/** Set by whoever runs these scenarios over another transport of the protocol, before they begin. */
export const underTest: { transport: TransportName } = { transport: 'websocket' };

export const startNativeServer = (env: ServerOptions['env'] = {}): Promise<RunningServer> =>
  startServer({
    config: { namespaces: NAMESPACES },
    env: { LOG_LEVEL: 'debug', ...engineEnv, ...env },
  });

/**
 * One task per message, as the WHATWG standard has it and browsers do. Node's own client delivers
 * all messages of one read in one task, and the SDK then mixes up their order.
 */
class StandardWebSocket extends WebSocket {
  constructor(url: string, protocols?: string | string[]) {
    super(url, protocols, { allowSynchronousEvents: false });
  }
}

/**
 * The SDK does not wait for one `POST /emulation` before it sends the next, and the network may then
 * change their order. Here they go one after the other, as over one connection.
 */
export const oneByOne = (): typeof fetch => {
  let last: Promise<unknown> = Promise.resolve();
  return (input, init) => {
    const isCommand = (typeof input === 'string' ? input : '').endsWith('/emulation');
    if (!isCommand) return fetch(input, init);
    const answered = last.then(() => fetch(input, init));
    // A server that was cut off takes no more of this client's commands; its stream tells the SDK.
    last = answered.then(
      (response) => response.body?.cancel(),
      () => undefined,
    );
    return last.then(() => answered);
  };
};

/** An address of one transport under test, and how the SDK dials it. */
const dialing = (
  wsUrl: string,
  query: string,
): {
  readonly to: ConstructorParameters<typeof Centrifuge>[0];
  readonly options: Partial<Options>;
} => {
  const { transport } = underTest;
  if (transport === 'websocket') {
    const to = `${wsUrl}/connection/websocket${query}`;
    return { to, options: { websocket: StandardWebSocket } };
  }
  const url = wsUrl.replace('ws', 'http');
  return {
    to: [{ transport, endpoint: `${url}/connection/${transport}${query}` }],
    options: {
      emulationEndpoint: `${url}/emulation`,
      fetch: oneByOne(),
      readableStream: ReadableStream,
      eventsource: EventSource,
    },
  };
};

/** Makes clients of one test file and disconnects all of them. */
export class Clients {
  readonly #clients: Centrifuge[] = [];

  /** Not connected yet. */
  create(url: string, options: Partial<Options> = {}, query = ''): Centrifuge {
    const dial = dialing(url, query);
    const client = new Centrifuge(dial.to, {
      minReconnectDelay: 20,
      maxReconnectDelay: 200,
      ...dial.options,
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  async connect(url: string, options: Partial<Options> = {}): Promise<Centrifuge> {
    const client = this.create(url, options);
    client.connect();
    await client.ready(10_000);
    return client;
  }

  close(): void {
    for (const client of this.#clients.splice(0)) client.disconnect();
  }
}

interface Emitter {
  on(event: string, listener: (context: never) => void): unknown;
  removeListener(event: string, listener: (context: never) => void): unknown;
}

/** The next event of a name that fits. Listen before what causes it. */
export const next = <Context>(
  emitter: Emitter,
  event: string,
  fits: (context: Context) => boolean = () => true,
): Promise<Context> => {
  const { promise, resolve } = Promise.withResolvers<Context>();
  const listener = (context: Context): void => {
    if (!fits(context)) return;
    emitter.removeListener(event, listener as (context: never) => void);
    resolve(context);
  };
  emitter.on(event, listener as (context: never) => void);
  return promise;
};

export const subscribed = async (
  client: Centrifuge,
  channel: string,
  options: Parameters<Centrifuge['newSubscription']>[1] = {},
): Promise<Subscription> => {
  const subscription = client.newSubscription(channel, {
    minResubscribeDelay: 20,
    maxResubscribeDelay: 200,
    ...options,
  });
  subscription.subscribe();
  await subscription.ready(10_000);
  return subscription;
};

/** Collects publications' data, and waits until there are so many. */
export class Collected {
  readonly data: unknown[] = [];
  #changed = Promise.withResolvers<void>();

  constructor(subscription: Emitter) {
    subscription.on('publication', ({ data }: { data: unknown }) => {
      this.data.push(data);
      this.#changed.resolve();
      this.#changed = Promise.withResolvers<void>();
    });
  }

  async atLeast(count: number): Promise<unknown[]> {
    while (this.data.length < count) await this.#changed.promise;
    return this.data;
  }
}

/** What a rejected call of the SDK carries. */
export const codeOf = async (call: Promise<unknown>): Promise<number> => {
  try {
    await call;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error) return Number(error.code);
    throw error;
  }
  return 0;
};

/** The backend's way in. */
export const callApi = async (
  server: RunningServer,
  method: string,
  body: object,
): Promise<unknown> => {
  const response = await fetch(`${server.url}/api/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': server.apiKey },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method}: ${response.status} ${await response.text()}`);
  return response.json();
};
