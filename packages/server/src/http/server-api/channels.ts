/** What is in a channel: presence, history, and which channels there are. */
import { ok, type ClientInfo, type Publication, type RawJson } from '@carillon/protocol';
import { Type } from 'typebox';
import type { HistoryQuery } from '../../ports/broker.ts';
import { Channel, defineMethod } from './method.ts';

const parsed = (json: RawJson): unknown => JSON.parse(json);

const infoView = ({ user, client, connInfo, chanInfo }: ClientInfo): object => ({
  user,
  client,
  ...(connInfo !== undefined && { conn_info: parsed(connInfo) }),
  ...(chanInfo !== undefined && { chan_info: parsed(chanInfo) }),
});

const publicationView = ({ data, offset, info, tags }: Publication): object => ({
  data: parsed(data),
  ...(offset !== undefined && { offset }),
  ...(info !== undefined && { info: infoView(info) }),
  ...(tags !== undefined && { tags }),
});

const OneChannel = Type.Object({ channel: Channel });
const example = { channel: 'news:today' };

export const presence = defineMethod({
  name: 'presence',
  summary: 'Who is in a channel',
  parameters: OneChannel,
  example,
  run: async ({ channelAdmin }, { channel }) => {
    const found = await channelAdmin.presence(channel);
    if (!found.ok) return found;
    const byClient = found.value.map((info) => [info.client, infoView(info)] as const);
    return ok({ presence: Object.fromEntries(byClient) });
  },
});

export const presenceStats = defineMethod({
  name: 'presence_stats',
  summary: 'How many are in a channel',
  parameters: OneChannel,
  example,
  run: async ({ channelAdmin }, { channel }) => {
    const stats = await channelAdmin.presenceStats(channel);
    return stats.ok
      ? ok({ num_clients: stats.value.clients, num_users: stats.value.users })
      : stats;
  },
});

export const history = defineMethod({
  name: 'history',
  summary: "A channel's kept publications",
  parameters: Type.Object({
    channel: Channel,
    limit: Type.Optional(
      Type.Integer({ minimum: -1, description: '0 (the default): the position only; -1: all.' }),
    ),
    since: Type.Optional(
      Type.Object({ offset: Type.Integer({ minimum: 0 }), epoch: Type.String() }),
    ),
    reverse: Type.Optional(Type.Boolean()),
  }),
  example: { channel: 'news:today', limit: 10 },
  run: async ({ channelAdmin }, { channel, limit, since, reverse }) => {
    const query: HistoryQuery = {
      limit: limit ?? 0,
      ...(since !== undefined && { since }),
      ...(reverse !== undefined && { reverse }),
    };
    const page = await channelAdmin.history(channel, query);
    if (!page.ok) return page;
    const { position, publications } = page.value;
    return ok({ publications: publications.map(publicationView), ...position });
  },
});

export const historyRemove = defineMethod({
  name: 'history_remove',
  summary: "Forget a channel's publications",
  parameters: OneChannel,
  example,
  run: async ({ channelAdmin }, { channel }) => {
    const done = await channelAdmin.removeHistory(channel);
    return done.ok ? ok({}) : done;
  },
});

export const channels = defineMethod({
  name: 'channels',
  summary: 'Channels that somebody is subscribed to',
  parameters: Type.Object({ pattern: Type.Optional(Type.String({ maxLength: 255 })) }),
  example: { pattern: 'news:*' },
  run: async ({ channelAdmin }, { pattern }) => {
    const found = [...(await channelAdmin.channels(pattern))];
    return ok({
      channels: Object.fromEntries(
        found.map(([name, clients]) => [name, { num_clients: clients }]),
      ),
    });
  },
});
