/** A logger that keeps what was logged, for tests that ask what an operator would have seen. */
import type { Logger } from '../../server/src/ports/logger.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

export function createRecordingLogger(record: (line: LogLine) => void): Logger {
  const at =
    (level: LogLine['level']) =>
    (fields: object, message: string): void =>
      record({ level, fields, message });
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return logger;
}
