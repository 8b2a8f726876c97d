/** `carillon serve`: checks everything, starts, prints what to try, drains on SIGTERM, reloads on SIGHUP. */
import { createPino, createPinoLogger } from '../adapters/log-pino/pino-logger.ts';
import type { ReadConfig } from '../config/load-config.ts';
import { ConfigError, readConfig } from '../config/load-config.ts';
import type { Logger } from '../ports/logger.ts';
import type { Application } from '../roles/application.ts';
import { factoryOf } from '../roles/application.ts';
import { KINDS } from '../roles/kinds.ts';
import { bannerOf } from './banner.ts';
import type { CommandLine } from './command-line.ts';
import { overridesOf } from './command-line.ts';
import { portProblem } from './port-check.ts';
import { print } from './terminal.ts';

export async function serve(line: CommandLine): Promise<number> {
  const config = await checkedConfig(
    readConfig({
      env: process.env,
      file: line.config,
      kinds: [...KINDS.keys()],
      overrides: overridesOf(line),
    }),
  );
  const logger = createPinoLogger(createPino({ level: config.settings.logLevel }));
  for (const warning of config.warnings) logger.warn({}, warning);
  const context = { config, logger, hasPages: true };
  const application = await (config.settings.workers > 1
    ? (await import('../roles/workers.ts')).createWorkers(context)
    : factoryOf(KINDS, config.kind)(context));
  const url = await listen(application);
  // Before it says that it is ready: whoever waits for that may send a signal at once.
  const stopped = untilStopped(application, logger);
  // Without anything to reload the signal keeps its meaning: the terminal is gone.
  if ('reload' in application) process.on('SIGHUP', () => application.reload?.());
  print(await bannerOf(config, url));
  await stopped;
  exitSoon(logger);
  return 0;
}

async function listen(application: Application): Promise<string> {
  try {
    return (await application.listen()).url;
  } catch (error) {
    await application.close();
    throw error;
  }
}

/** The taken port is listed with everything else that is wrong. */
async function checkedConfig({ config, problems }: ReadConfig): Promise<ReadConfig['config']> {
  const taken = await portProblem(config.port, config.host);
  const all = taken === undefined ? problems : [...problems, taken];
  if (all.length > 0) throw new ConfigError(all);
  return config;
}

/** Everything is closed. A connection that somebody's library keeps open may not keep the process alive. */
const EXIT_WITHIN_MS = 3_000;

function exitSoon(logger: Logger): void {
  setTimeout(() => {
    logger.warn({ open: process.getActiveResourcesInfo() }, 'something stayed open after the stop');
    process.exit();
  }, EXIT_WITHIN_MS).unref();
}

/** Whoever stops a process group may reach this process twice: directly, and through `npm start`. */
const ONE_STOP_MS = 1000;

/** First signal: drain. Another one, later: at once. */
function untilStopped(application: Application, logger: Logger): Promise<void> {
  return new Promise((resolve, reject) => {
    let stoppingSince: number | undefined;
    const stop = (signal: NodeJS.Signals): void => {
      if (stoppingSince !== undefined) {
        if (performance.now() - stoppingSince < ONE_STOP_MS) return;
        logger.warn({ signal }, 'second signal: stopping at once');
        process.exit(1);
      }
      stoppingSince = performance.now();
      logger.info({ signal }, 'draining');
      application.close().then(resolve, reject);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}
