/** All methods of the server API. */
import { createBatch } from './batch.ts';
import { channels, history, historyRemove, presence, presenceStats } from './channels.ts';
import { disconnect, refresh, subscribe, unsubscribe } from './connections.ts';
import { info } from './info.ts';
import type { ApiMethod } from './method.ts';
import { broadcast, publish } from './publishing.ts';

const single: readonly ApiMethod[] = [
  publish,
  broadcast,
  subscribe,
  unsubscribe,
  disconnect,
  refresh,
  presence,
  presenceStats,
  history,
  historyRemove,
  channels,
  info,
];

export const API_METHODS: readonly ApiMethod[] = [
  ...single,
  createBatch(new Map(single.map((method) => [method.name, method]))),
];
