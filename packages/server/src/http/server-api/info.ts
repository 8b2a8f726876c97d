/** info: every node of the installation and how busy it is. */
import { ok } from '@carillon/protocol';
import { Type } from 'typebox';
import { defineMethod } from './method.ts';

export const info = defineMethod({
  name: 'info',
  summary: 'The nodes and how busy they are',
  parameters: Type.Object({}),
  example: {},
  run: async ({ cluster }) => {
    const nodes = await cluster.nodes();
    return ok({
      nodes: nodes.map((node) => ({
        uid: node.id,
        name: node.name,
        version: node.version,
        kind: node.kind,
        num_clients: node.connections,
        num_users: node.users,
        num_channels: node.channels,
        uptime: Math.floor(node.uptimeMs / 1000),
      })),
    });
  },
});
