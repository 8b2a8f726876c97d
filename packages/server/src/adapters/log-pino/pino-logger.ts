/**
 * Logger port over pino: one JSON line per event on standard output. Secrets are cut out twice:
 * by field name here, and by the rule that nobody logs a URL with its query.
 */
import { once } from 'node:events';
import type { DestinationStream, Logger as Pino } from 'pino';
import { pino } from 'pino';
import type { Logger } from '../../ports/logger.ts';

const SECRET_FIELDS = [
  'token',
  'ticket',
  'password',
  'secret',
  'apiKey',
  'authorization',
  'cookie',
  'jwt',
  'key',
];

const REDACTED_PATHS = SECRET_FIELDS.flatMap((field) => [
  field,
  `*.${field}`,
  `*.*.${field}`,
]).concat(['headers["x-api-key"]', '*.headers["x-api-key"]', '*["x-api-key"]']);

export interface PinoLoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

export function createPino(options: PinoLoggerOptions): Pino {
  const settings = {
    level: options.level,
    base: null,
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

/**
 * Standard output for a worker thread, whose lines are written behind its back: whoever ends the
 * thread calls `finish` first, or its last lines are lost. Nothing may be logged afterwards.
 */
export function openThreadOutput(): {
  readonly destination: DestinationStream;
  readonly finish: () => Promise<void>;
} {
  const destination = pino.destination({ dest: 1, sync: false });
  return {
    destination,
    finish: async () => {
      const closed = once(destination, 'close');
      destination.end();
      await closed;
    },
  };
}

/** The five methods of the port, bound to a pino instance. */
export function createPinoLogger(instance: Pino): Logger {
  return {
    debug: (fields, message) => instance.debug(fields, message),
    info: (fields, message) => instance.info(fields, message),
    warn: (fields, message) => instance.warn(fields, message),
    error: (fields, message) => instance.error(fields, message),
    child: (bindings) => createPinoLogger(instance.child(bindings)),
  };
}
