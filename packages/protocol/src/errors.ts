/**
 * The one table of request errors. A request error answers one command or one HTTP request; the
 * connection lives on (what ends a connection stands in close-codes.ts).
 *
 * 100–113 are the numbers of the Centrifuge client protocol, 400 and up are Carillon's own.
 */

/** Whether repeating the same request can help: never, after a pause, or after logging in again. */
export type RetryAdvice = 'no' | 'later' | 'after-reauth';

export interface ErrorDefinition {
  readonly code: number;
  /** What went wrong, for a person; sent when the caller has nothing more precise to say. */
  readonly message: string;
  readonly httpStatus: number;
  readonly retry: RetryAdvice;
}

export const ERRORS = {
  internal: { code: 100, message: 'internal server error', httpStatus: 500, retry: 'later' },
  unauthorized: { code: 101, message: 'unauthorized', httpStatus: 401, retry: 'after-reauth' },
  unknown_channel: { code: 102, message: 'unknown channel', httpStatus: 404, retry: 'no' },
  permission_denied: { code: 103, message: 'permission denied', httpStatus: 403, retry: 'no' },
  method_not_found: { code: 104, message: 'method not found', httpStatus: 404, retry: 'no' },
  already_subscribed: { code: 105, message: 'already subscribed', httpStatus: 409, retry: 'no' },
  limit_exceeded: { code: 106, message: 'limit exceeded', httpStatus: 413, retry: 'no' },
  bad_request: { code: 107, message: 'bad request', httpStatus: 400, retry: 'no' },
  not_available: { code: 108, message: 'not available', httpStatus: 404, retry: 'no' },
  token_expired: { code: 109, message: 'token expired', httpStatus: 401, retry: 'after-reauth' },
  expired: { code: 110, message: 'expired', httpStatus: 401, retry: 'after-reauth' },
  too_many_requests: { code: 111, message: 'too many requests', httpStatus: 429, retry: 'later' },
  unrecoverable_position: {
    code: 112,
    message: 'unrecoverable position',
    httpStatus: 409,
    retry: 'no',
  },
  concurrent_pagination: {
    code: 113,
    message: 'concurrent pagination',
    httpStatus: 409,
    retry: 'later',
  },
  not_json: { code: 400, message: 'the frame is not a JSON object', httpStatus: 400, retry: 'no' },
  unknown_type: { code: 401, message: 'unknown message type', httpStatus: 400, retry: 'no' },
  invalid_field: {
    code: 402,
    message: 'a field is missing or has a wrong value',
    httpStatus: 400,
    retry: 'no',
  },
  too_deep: { code: 403, message: 'the JSON is nested too deeply', httpStatus: 400, retry: 'no' },
  not_found: { code: 404, message: 'not found', httpStatus: 404, retry: 'no' },
  too_long: { code: 405, message: 'a text is too long', httpStatus: 413, retry: 'no' },
  too_many: { code: 406, message: 'too many items', httpStatus: 413, retry: 'no' },
  not_member: {
    code: 407,
    message: 'not a member of this conversation',
    httpStatus: 403,
    retry: 'no',
  },
  user_not_connected: {
    code: 408,
    message: 'the user is not connected',
    httpStatus: 404,
    retry: 'later',
  },
  conflict: { code: 409, message: 'conflict with the present state', httpStatus: 409, retry: 'no' },
  task_finished: {
    code: 410,
    message: 'the task has finished already',
    httpStatus: 409,
    retry: 'no',
  },
  too_large: { code: 411, message: 'the file is too large', httpStatus: 413, retry: 'no' },
  unsupported_type: {
    code: 412,
    message: 'files of this type are not taken',
    httpStatus: 415,
    retry: 'no',
  },
  quota_exceeded: {
    code: 413,
    message: 'no more files from this user today',
    httpStatus: 429,
    retry: 'later',
  },
  storage_unavailable: {
    code: 420,
    message: 'the store cannot save at present; nothing was accepted',
    httpStatus: 503,
    retry: 'later',
  },
  shutting_down: {
    code: 421,
    message: 'the server is shutting down',
    httpStatus: 503,
    retry: 'later',
  },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorName = keyof typeof ERRORS;

/** An expected failure, as a value. `message` replaces the table's text where it can say more. */
export interface Failure {
  readonly ok: false;
  readonly error: ErrorName;
  readonly message?: string;
}

export interface Success<T> {
  readonly ok: true;
  readonly value: T;
}

/** What every operation that can be refused returns; a throw is a bug or a failing device. */
export type Outcome<T> = Success<T> | Failure;

export const ok = <T>(value: T): Success<T> => ({ ok: true, value });

export const fail = (error: ErrorName, message?: string): Failure =>
  message === undefined ? { ok: false, error } : { ok: false, error, message };
