/** info: this node and how busy it is. */
import { ok } from '@carillon/protocol';
import { Type } from 'typebox';
import { defineMethod } from './method.ts';

export const info = defineMethod({
  name: 'info',
  summary: 'The nodes and how busy they are',
  parameters: Type.Object({}),
  example: {},
  run: ({ node, registry, channelAdmin }) => {
    const { users, connections } = registry.totals();
    return ok({
      nodes: [
        {
          uid: node.id,
          name: node.name,
          version: node.version,
          num_clients: connections,
          num_users: users,
          num_channels: channelAdmin.channels().size,
          uptime: Math.floor(process.uptime()),
        },
      ],
    });
  },
});
