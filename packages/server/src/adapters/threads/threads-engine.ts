/**
 * The engine of a worker thread (WORKERS): broker, presence, directory, control bus, tickets and
 * shared rates of the whole process, reached over one port to the main thread (threads-host.ts).
 */
import type { MessagePort } from 'node:worker_threads';
import type { Broker } from '../../ports/broker.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ConnectionDirectory, LocalConnections } from '../../ports/connection-directory.ts';
import type { ControlBus } from '../../ports/control-bus.ts';
import type { Engine } from '../../ports/engine.ts';
import type { Logger } from '../../ports/logger.ts';
import type { PresenceStore } from '../../ports/presence-store.ts';
import type { ConnectionTotals } from '../../ports/server-api.ts';
import type { WireFormat } from '../../ports/wire-format.ts';
import { EngineClient } from './engine-client.ts';

export interface ThreadsEngineOptions {
  readonly clock: Pick<Clock, 'defer' | 'monotonic'>;
  readonly logger: Logger;
  /**
   * Calls to the main thread waiting for an answer before further ones are refused as too busy.
   * @default 100000
   */
  readonly maxWaitingCalls?: number;
}

export interface ThreadsEngine extends Engine {
  /** The native protocol's format, which takes the frames that the main thread has encoded. */
  preparedFormat(format: WireFormat): WireFormat;
}

const DEFAULT_MAX_WAITING_CALLS = 100_000;

/** @param port of `ThreadsHost.connect`; the engine closes it */
export function createThreadsEngine(
  port: MessagePort,
  options: ThreadsEngineOptions,
): ThreadsEngine {
  const { clock, logger, maxWaitingCalls = DEFAULT_MAX_WAITING_CALLS } = options;
  const client = new EngineClient(port, { clock, logger, maxWaiting: maxWaitingCalls });
  return {
    name: 'threads',
    preparedFormat: (format) => client.prepared.over(format),
    broker: brokerOver(client),
    presenceStore: presenceOver(client),
    controlBus: controlBusOver(client),
    directory: directoryOver(client),
    tickets: {
      issue: (identity) => client.call('issueTicket', identity),
      redeem: (ticket) => client.call('redeemTicket', ticket),
    },
    sharedRates: { exchange: (spent) => client.call('exchangeRates', spent) },
    healthChecks: [{ name: 'broker', check: () => client.call('ping') }],
    close: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

function brokerOver(client: EngineClient): Broker {
  return {
    // What is withheld from a thread that is behind is announced to it; from then on the core
    // looks at all its channels once.
    get deliversReliably() {
      return !client.isInDoubt;
    },
    start: (handler) => {
      client.brokerHandler = handler;
      return Promise.resolve();
    },
    subscribe: (channel) => client.call('subscribe', channel),
    unsubscribe: (channel) => client.call('unsubscribe', channel),
    publish: (channel, event, options) => client.call('publish', channel, event, options),
    history: (channel, query) => client.call('history', channel, query),
    removeHistory: (channel) => client.call('removeHistory', channel),
    close: () => {
      client.brokerHandler = undefined;
      return Promise.resolve();
    },
  };
}

const presenceOver = (client: EngineClient): PresenceStore => ({
  add: (channel, info) => client.call('addPresence', channel, info),
  remove: (channel, info) => client.call('removePresence', channel, info),
  list: (channel) => client.call('listPresence', channel),
  stats: (channel) => client.call('presenceStats', channel),
  close: () => Promise.resolve(),
});

const controlBusOver = (client: EngineClient): ControlBus => ({
  start: (handler) => {
    client.controlHandler = handler;
    if (handler.nodeId !== undefined) client.tell('nameNode', handler.nodeId);
    return Promise.resolve();
  },
  send: (command) => client.call('send', command),
  survey: (question, timeoutMs) => client.call('survey', question, timeoutMs).catch(() => []),
  request: (nodeId, request, timeoutMs) =>
    client.call('request', nodeId, request, timeoutMs).catch(() => undefined),
  close: () => {
    client.controlHandler = undefined;
    return Promise.resolve();
  },
});

const NOBODY: ConnectionTotals = { users: 0, connections: 0, byUser: new Map() };

/** The main thread is gone only when the process ends; until then this thread answers for itself. */
function directoryOver(client: EngineClient): ConnectionDirectory {
  let local: LocalConnections | undefined;
  return {
    start: (connections) => {
      local = connections;
      return Promise.resolve();
    },
    enter: (connection, limit) =>
      client.call('enter', connection, limit).catch(() => ({ isAdmitted: true, evict: [] })),
    leave: (connection) => client.tell('leave', connection),
    onlineAmong: (users) =>
      client
        .call('onlineAmong', users)
        .catch(() => new Set(users.filter((user) => (local?.countOf(user) ?? 0) > 0))),
    find: (query) => client.call('find', query).catch(() => local?.find(query) ?? []),
    totals: () => client.call('totals').catch(() => local?.totals() ?? NOBODY),
    close: () => {
      local = undefined;
      client.tell('leaveAll');
      return Promise.resolve();
    },
  };
}
