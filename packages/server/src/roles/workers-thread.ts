/**
 * The entry of a worker thread (WORKERS): an application like any other, on the engine and store
 * of the main thread. Ends when the main thread says so, or with an error that nobody caught.
 */
import { hostname } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import {
  createPino,
  createPinoLogger,
  openThreadOutput,
} from '../adapters/log-pino/pino-logger.ts';
import { openPortStore } from '../adapters/store-sql/port-store.ts';
import type { ThreadsEngine } from '../adapters/threads/threads-engine.ts';
import { createThreadsEngine } from '../adapters/threads/threads-engine.ts';
import type { Config } from '../config/load-config.ts';
import { NATIVE_JSON } from '../protocols/native/native-format.ts';
import type { Application } from './application.ts';
import { factoryOf } from './application.ts';
import { KINDS } from './kinds.ts';
import type { MainTasks, ThreadTasks } from './workers-dialogue.ts';
import { Dialogue } from './workers-dialogue.ts';
import type { ThreadParts } from './workers-parts.ts';

export interface ThreadData {
  readonly number: number;
  readonly count: number;
  readonly config: Config;
  readonly hasPages: boolean;
  /** Undefined: the thread opens an engine of its own. */
  readonly enginePort: MessagePort | undefined;
  /** The main thread has opened the store. */
  readonly sharesStore: boolean;
}

function serve(port: MessagePort, data: ThreadData): void {
  const { config, hasPages, number } = data;
  const { destination, finish } = openThreadOutput();
  const logger = createPinoLogger(
    createPino({ level: config.settings.logLevel, destination }),
  ).child({ worker: number });
  let application: Application | undefined;
  const built = (): Application => {
    if (application === undefined) throw new Error('the application was not built');
    return application;
  };
  let snapshot:
    | ThreadTasks['metrics']
    | (() => Promise<ReturnType<ThreadTasks['metrics']>>) = () => [];
  // The configured port may be "any"; the first thread's choice is everybody's.
  const chosen = { port: config.port };
  const main = new Dialogue<MainTasks, ThreadTasks>(port, {
    build: async () => {
      const thread = partsOf(data, main, (own) => (snapshot = () => own.snapshot()));
      const { settings } = config;
      const name = `${settings.nodeName ?? hostname()}/${number}`;
      const live: Config = {
        ...config,
        settings: { ...settings, nodeName: name },
        get port() {
          return chosen.port;
        },
      };
      application = await factoryOf(
        KINDS,
        config.kind,
      )({
        config: live,
        logger,
        hasPages,
        thread,
      });
    },
    listen: (taken) => {
      if (taken !== 0) chosen.port = taken;
      return built().listen();
    },
    reload: () => application?.reload?.(),
    metrics: () => snapshot(),
    close: async () => {
      await application?.close();
      await finish();
    },
  });
}

function partsOf(
  { number, count, enginePort, sharesStore }: ThreadData,
  main: Dialogue<MainTasks, ThreadTasks>,
  watchMetrics: (own: Parameters<ThreadParts['metricsPage']>[0]) => void,
): ThreadParts {
  return {
    number,
    count,
    ...(enginePort === undefined ? {} : engineOver(enginePort)),
    ...(sharesStore
      ? {
          openStore: (tools) =>
            openPortStore({ ...tools, openPort: () => main.ask('openStorePort') }),
        }
      : {}),
    healthChecks: [{ name: 'workers', check: () => main.ask('health') }],
    metricsPage: (own) => {
      watchMetrics(own);
      return { contentType: own.contentType, render: () => main.ask('metricsPage') };
    },
    listen: { reusePort: true },
  };
}

function engineOver(port: MessagePort): Pick<ThreadParts, 'createEngine' | 'nativeFormat'> {
  let engine: ThreadsEngine | undefined;
  return {
    createEngine: (tools) => {
      engine = createThreadsEngine(port, tools);
      return Promise.resolve(engine);
    },
    nativeFormat: () => engine?.preparedFormat(NATIVE_JSON),
  };
}

if (parentPort === null) throw new Error('workers-thread.ts runs in a worker thread only');
// What workers.ts hands over.
serve(parentPort, workerData as ThreadData);
