import type { Failure } from '@carillon/protocol';

/** A refusal inside the body parser, which can only throw. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}
