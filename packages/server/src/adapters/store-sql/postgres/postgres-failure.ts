/**
 * What an error of the database means: is the database away, may the same be tried again, or is it
 * our mistake? Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

const UNIQUE_VIOLATION = '23505';
const STATEMENT_TIMEOUT = '57014';
const READ_ONLY = '25006';
const NO_DATABASE = '3D000';

/** Two transactions stood in each other's way, and this one was rolled back. */
const CONFLICTS = new Set(['40001', '40P01']);

/** A table was changed by a migration after this connection had prepared its statement. */
const STALE_PLAN = '0A000';

/** Of a connection that ended or was refused, by the operating system or by pg itself. */
const LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);
const LOST_TEXT =
  /^Connection terminated|^timeout exceeded when trying to connect|not queryable|^Query read timeout|server closed the connection/i;

/** 08: connection; 28: log-in; 53: out of disk, memory, connections; 57P: shutdown; 58, XX: the device. */
const UNAVAILABLE_CLASS = /^(?:08|28|53|57P|58|XX)/;

export type Failure =
  /** The connection is gone; what was not committed is not saved. */
  | 'lost'
  /** The database answers, and cannot do it now. */
  | 'refused'
  | 'conflict'
  /** What this connection had prepared fits the tables no longer. */
  | 'stale'
  | 'duplicate'
  | 'bug';

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return 'bug';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (LOST.has(code) || LOST_TEXT.test(error.message) || /^(?:08|57P)/.test(code)) return 'lost';
  if (CONFLICTS.has(code)) return 'conflict';
  if (code === STALE_PLAN && error.message.includes('cached plan')) return 'stale';
  if (code === UNIQUE_VIOLATION) return 'duplicate';
  if (code === STATEMENT_TIMEOUT || code === READ_ONLY || code === NO_DATABASE) return 'refused';
  return UNAVAILABLE_CLASS.test(code) ? 'refused' : 'bug';
}

/** For operators and logs; an AggregateError of several addresses has no text of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(reasonOf).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
