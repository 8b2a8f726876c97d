/** Errors as RFC 9457 problem details, with the code of our own table. Never shows what was thrown. */
import { ERRORS, type ErrorName, type Failure } from '@carillon/protocol';
import type { FastifyReply } from 'fastify';

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: number;
  /** Name of the error in docs/errors.md. */
  readonly error: ErrorName;
  readonly retry: string;
  readonly request_id?: string;
}

const RETRY_AFTER_SECONDS = 1;

export const problemOf = (failure: Failure, status?: number): Problem => {
  const definition = ERRORS[failure.error];
  return {
    type: `urn:carillon:error:${failure.error}`,
    title: definition.message,
    status: status ?? definition.httpStatus,
    detail: failure.message ?? definition.message,
    code: definition.code,
    error: failure.error,
    retry: definition.retry,
  };
};

/** `status` where HTTP has a more precise one than the error's own (405, 415, 426). */
export const sendProblem = (
  reply: FastifyReply,
  failure: Failure,
  status?: number,
): FastifyReply => {
  const problem = { ...problemOf(failure, status), request_id: reply.request.id };
  if (problem.status === 401 && !reply.hasHeader('www-authenticate')) {
    reply.header('www-authenticate', 'Bearer');
  }
  if (problem.retry === 'later' && !reply.hasHeader('retry-after')) {
    reply.header('retry-after', RETRY_AFTER_SECONDS);
  }
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
};
