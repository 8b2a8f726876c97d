/** subscribe, unsubscribe, disconnect and refresh: what the server does to connections. */
import { DISCONNECTS, ok, type Disconnect } from '@carillon/protocol';
import { Type } from 'typebox';
import { Channel, Client, clientOf, defineMethod, User } from './method.ts';

export const subscribe = defineMethod({
  name: 'subscribe',
  summary: "Subscribe a user's connections to a channel",
  parameters: Type.Object({ user: User, channel: Channel, client: Client }),
  example: { user: 'alice', channel: 'news:today' },
  run: async ({ channelAdmin }, { user, channel, client }) => {
    const done = await channelAdmin.subscribe(user, channel, client);
    return done.ok ? ok({}) : done;
  },
});

export const unsubscribe = defineMethod({
  name: 'unsubscribe',
  summary: "End a user's subscriptions to a channel",
  parameters: Type.Object({ user: User, channel: Channel, client: Client }),
  example: { user: 'alice', channel: 'news:today' },
  run: async ({ channelAdmin }, { user, channel, client }) => {
    const done = await channelAdmin.unsubscribe(user, channel, client);
    return done.ok ? ok({}) : done;
  },
});

const GivenDisconnect = Type.Object({
  code: Type.Integer({ minimum: 3000, maximum: 4999 }),
  reason: Type.String({ maxLength: 100 }),
});

export const disconnect = defineMethod({
  name: 'disconnect',
  summary: "End a user's connections",
  parameters: Type.Object({
    user: User,
    client: Client,
    whitelist: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
    disconnect: Type.Optional(GivenDisconnect),
  }),
  example: { user: 'alice' },
  run: async ({ connectionAdmin }, { user, client, whitelist, disconnect: given }) => {
    const reason: Disconnect = given ?? DISCONNECTS.force_no_reconnect;
    await connectionAdmin.disconnect(user, {
      disconnect: reason,
      ...clientOf(client),
      ...(whitelist !== undefined && { except: whitelist }),
    });
    return ok({});
  },
});

export const refresh = defineMethod({
  name: 'refresh',
  summary: "Change when a user's connections expire",
  parameters: Type.Object({
    user: User,
    client: Client,
    expired: Type.Optional(Type.Boolean()),
    expire_at: Type.Optional(Type.Integer({ minimum: 0, description: 'Unix seconds.' })),
  }),
  example: { user: 'alice', expire_at: 1_900_000_000 },
  run: async ({ connectionAdmin }, { user, client, expired, expire_at: expiresAt }) => {
    await connectionAdmin.refresh(user, {
      ...clientOf(client),
      isExpired: expired === true,
      ...(expiresAt !== undefined && { expiresAt }),
    });
    return ok({});
  },
});
