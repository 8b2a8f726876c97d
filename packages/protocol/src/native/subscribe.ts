/** `subscribe`, `sub_refresh` and `unsubscribe`. */
import type { Publication, RawJson } from '../publication.ts';
import { type FieldReader, MAX_TOKEN_LENGTH } from './field-reader.ts';
import { encodePublications, jsonString } from './json-text.ts';

/** Bits of `flag` in a subscribe request. Compaction is not offered, so the reply names no id. */
export const SUBSCRIBE_FLAGS = { channelCompaction: 1, rejectUnrecovered: 2 } as const;

export interface SubscribeRequest {
  readonly channel: string;
  readonly token: string;
  /** Continue after `epoch` and `offset`. */
  readonly recover: boolean;
  readonly epoch: string;
  readonly offset: number;
  readonly positioned: boolean;
  readonly recoverable: boolean;
  readonly joinLeave: boolean;
  /** Answer with error 112 instead of `recovered: false`. */
  readonly rejectUnrecovered: boolean;
  /** 0: publications; the protocol's other kinds (maps, shared polling) are not offered. */
  readonly kind: number;
}

export interface SubRefreshRequest {
  readonly channel: string;
  readonly token: string;
}

export interface UnsubscribeRequest {
  readonly channel: string;
}

export const MAX_EPOCH_LENGTH = 64;

/** @internal */
export const readSubscribe = (reader: FieldReader): SubscribeRequest => ({
  channel: reader.channel(),
  token: reader.text('token', MAX_TOKEN_LENGTH),
  recover: reader.flag('recover'),
  epoch: reader.text('epoch', MAX_EPOCH_LENGTH),
  offset: reader.whole('offset'),
  positioned: reader.flag('positioned'),
  recoverable: reader.flag('recoverable'),
  joinLeave: reader.flag('join_leave'),
  rejectUnrecovered: (reader.whole('flag') & SUBSCRIBE_FLAGS.rejectUnrecovered) !== 0,
  kind: reader.whole('type'),
});

/** @internal */
export const readSubRefresh = (reader: FieldReader): SubRefreshRequest => ({
  channel: reader.channel(),
  token: reader.text('token', MAX_TOKEN_LENGTH),
});

/** @internal */
export const readUnsubscribe = (reader: FieldReader): UnsubscribeRequest => ({
  channel: reader.channel(),
});

/** The same object answers `subscribe`, stands in `connect`'s `subs` and in the `subscribe` push. */
export interface SubscriptionReply {
  readonly recoverable: boolean;
  readonly positioned: boolean;
  readonly epoch: string;
  readonly offset: number;
  readonly wasRecovering: boolean;
  readonly recovered: boolean;
  readonly publications: readonly Publication[];
  readonly data?: RawJson;
  /** Seconds until the subscription token runs out; absent: never. */
  readonly ttl?: number;
}

export const encodeSubscription = (reply: SubscriptionReply): string => {
  let text = '';
  if (reply.ttl !== undefined) text += `,"expires":true,"ttl":${reply.ttl}`;
  if (reply.recoverable) text += ',"recoverable":true';
  if (reply.positioned) text += ',"positioned":true';
  if (reply.epoch !== '') text += `,"epoch":${jsonString(reply.epoch)}`;
  if (reply.offset !== 0) text += `,"offset":${reply.offset}`;
  if (reply.publications.length > 0) {
    text += `,"publications":${encodePublications(reply.publications)}`;
  }
  if (reply.recovered) text += ',"recovered":true';
  if (reply.wasRecovering) text += ',"was_recovering":true';
  if (reply.data !== undefined) text += `,"data":${reply.data}`;
  return `{${text.slice(1)}}`;
};

export const encodeSubscribeReply = (id: number, reply: SubscriptionReply): string =>
  `{"id":${id},"subscribe":${encodeSubscription(reply)}}`;

export const encodeSubRefreshReply = (id: number, ttl: number | undefined): string =>
  ttl === undefined
    ? `{"id":${id},"sub_refresh":{}}`
    : `{"id":${id},"sub_refresh":{"expires":true,"ttl":${ttl}}}`;

export const encodeUnsubscribeReply = (id: number): string => `{"id":${id},"unsubscribe":{}}`;
