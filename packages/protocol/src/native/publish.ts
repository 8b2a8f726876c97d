/** `publish`: one publication into a channel, by a client that may. */
import type { RawJson } from '../publication.ts';
import type { FieldReader } from './field-reader.ts';

export const MAX_IDEMPOTENCY_KEY_LENGTH = 128;

export interface PublishRequest {
  readonly channel: string;
  readonly data: RawJson;
  /** Carillon's addition: the same key within five minutes publishes once. '' when none was sent. */
  readonly idempotencyKey: string;
  /** 0: a publication; the protocol's map publications are not offered. */
  readonly kind: number;
}

/** @internal */
export const readPublish = (reader: FieldReader, data: RawJson | undefined): PublishRequest => {
  if (data === undefined) reader.refuse('data', 'is required');
  return {
    channel: reader.channel(),
    data: data ?? 'null',
    idempotencyKey: reader.text('idempotency_key', MAX_IDEMPOTENCY_KEY_LENGTH),
    kind: reader.whole('type'),
  };
};

export const encodePublishReply = (id: number): string => `{"id":${id},"publish":{}}`;
