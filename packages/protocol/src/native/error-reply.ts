/** `error`: the refusal of one command. The connection lives on. */
import { ERRORS, type Failure } from '../errors.ts';
import { jsonString } from './json-text.ts';

/**
 * Without a number (`id` 0) the command could not be read far enough to know which one it was.
 * `temporary` tells an SDK to try again by itself.
 */
export const encodeErrorReply = (id: number, failure: Failure): string => {
  const { code, message, retry } = ERRORS[failure.error];
  const head = id === 0 ? '{' : `{"id":${id},`;
  const temporary = retry === 'later' ? ',"temporary":true' : '';
  return `${head}"error":{"code":${code},"message":${jsonString(failure.message ?? message)}${temporary}}}`;
};
