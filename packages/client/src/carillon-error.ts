/**
 * Why something that was asked for did not happen. Numbers are the server's (docs/errors.md); what
 * the client itself finds has a name and the code 0.
 */
export type ClientErrorName =
  /** No answer within the time allowed; whether it happened is not known. */
  | 'timeout'
  /** The connection ended before the answer came; whether it happened is not known. */
  | 'connection_lost'
  /** There is no connection and none is being made: nothing was sent. */
  | 'not_connected'
  /** The caller's signal was aborted. */
  | 'aborted'
  /** The offline queue takes no more. */
  | 'queue_full'
  /** The route table does not give this page the feature: nothing was sent. */
  | 'feature_off';

export interface CarillonErrorOptions {
  readonly code: number;
  readonly message: string;
  /** Whether the same again may succeed by itself. */
  readonly isTemporary: boolean;
  readonly name?: ClientErrorName;
  readonly cause?: unknown;
}

export class CarillonError extends Error {
  readonly code: number;
  readonly isTemporary: boolean;

  constructor({ code, message, isTemporary, name, cause }: CarillonErrorOptions) {
    super(message, { cause });
    this.name = name ?? 'CarillonError';
    this.code = code;
    this.isTemporary = isTemporary;
  }
}
