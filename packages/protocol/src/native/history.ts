/** `history`: publications that a channel still keeps. */
import type { Publication, StreamPosition } from '../publication.ts';
import { type FieldReader, FieldReader as Reader } from './field-reader.ts';
import { encodePublications, jsonString } from './json-text.ts';
import { MAX_EPOCH_LENGTH } from './subscribe.ts';

export interface HistoryRequest {
  readonly channel: string;
  /** 0: the position only; -1: as many as the server gives. */
  readonly limit: number;
  readonly since?: StreamPosition;
  readonly reverse: boolean;
}

/** @internal */
export const readHistory = (reader: FieldReader): HistoryRequest => {
  const request = {
    channel: reader.channel(),
    limit: reader.whole('limit', -1),
    reverse: reader.flag('reverse'),
  };
  const since = reader.object('since');
  if (since === undefined) return request;
  const position = new Reader(since, 'position');
  const found = {
    epoch: position.text('epoch', MAX_EPOCH_LENGTH),
    offset: position.whole('offset'),
  };
  reader.adopt('since', position);
  return { ...request, since: found };
};

export interface HistoryReply {
  readonly position: StreamPosition;
  readonly publications: readonly Publication[];
}

export const encodeHistoryReply = (id: number, reply: HistoryReply): string =>
  `{"id":${id},"history":{"publications":${encodePublications(reply.publications)}` +
  `,"epoch":${jsonString(reply.position.epoch)},"offset":${reply.position.offset}}}`;
