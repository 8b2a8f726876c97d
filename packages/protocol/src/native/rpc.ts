/** `rpc`: a procedure call with an answer, and `send`: a message without one. */
import type { RawJson } from '../publication.ts';
import type { FieldReader } from './field-reader.ts';

export const MAX_METHOD_LENGTH = 128;

export interface RpcRequest {
  readonly method: string;
  readonly data: unknown;
}

export interface SendRequest {
  readonly data: unknown;
}

/** @internal */
export const readRpc = (reader: FieldReader): RpcRequest => ({
  method: reader.text('method', MAX_METHOD_LENGTH),
  data: reader.value('data'),
});

/** @internal */
export const readSend = (reader: FieldReader): SendRequest => ({ data: reader.value('data') });

export const encodeRpcReply = (id: number, data: RawJson): string =>
  `{"id":${id},"rpc":{"data":${data}}}`;
