/** One connection of this page or program, and what can be done with it. */
import { createChannels } from './channels/channels.ts';
import type { ClientOptions } from './client-options.ts';
import type { Client } from './client.ts';
import { Connection } from './connection/connection.ts';
import type { WireConnected } from './connection/wire.ts';
import { type PageEvent, platform } from './environment.ts';
import { createWritable } from './readable.ts';
import type { TrackedClient } from './tracked-client.ts';

type SimpleEvent = PageEvent | 'connect' | 'disconnect' | 'retry_now';

const OWN_CHANNEL = 'user:';

/** The server says who we are by the channel it subscribes for us. */
const userOf = ({ subs = {} }: WireConnected): string =>
  Object.keys(subs)
    .find((name) => name.startsWith(OWN_CHANNEL))
    ?.slice(OWN_CHANNEL.length) ?? '';

/**
 * Makes a client; `connect()` starts it. Nothing is touched before, so that it may be made where there
 * is no page yet.
 */
export const createClient = (options: ClientOptions = {}): Client => createTrackedClient(options);

/** As `createClient`; what is more concerns tabs that hand a connection on. */
export function createTrackedClient(options: ClientOptions): TrackedClient {
  const environment = { ...platform(), ...options.environment };
  const user = createWritable<string | undefined>(undefined);
  const channels = createChannels({
    environment,
    requests: () => connection.requests,
    isConnected: () => connection.state.get().status === 'connected',
    loseConnection: () =>
      connection.dispatch({ type: 'lost', why: { code: 0, reason: 'no answer' } }),
  });
  const connection = new Connection(options, environment, {
    ...channels,
    handleWelcome(reply) {
      user.set(userOf(reply));
      channels.handleWelcome(reply);
    },
  });
  const { state, requests } = connection;
  const dispatch = (type: SimpleEvent): void => connection.dispatch({ type });
  const stopListening = environment.onPageEvent(dispatch);

  return {
    state,
    user,
    connect: () => dispatch('connect'),
    disconnect: () => dispatch('disconnect'),
    retryNow: () => dispatch('retry_now'),
    channel: channels.channel,
    async call(method, input, calling) {
      const { data } = await requests.send('rpc', { method, data: input }, calling);
      // The answer is what the method's declaration says: the server checks what it sends.
      return data as never;
    },
    onServerPublication: channels.onServerPublication,
    onServerGap: channels.onServerGap,
    position: channels.position,
    serverPositions: channels.serverPositions,
    resume: channels.resume,
    close() {
      stopListening();
      dispatch('disconnect');
    },
  };
}
