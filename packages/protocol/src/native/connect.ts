/** `connect`: the first command of a connection, and `refresh`: a newer token over the same one. */
import type { RawJson } from '../publication.ts';
import { jsonString } from './json-text.ts';
import {
  type FieldReader,
  FieldReader as Reader,
  MAX_TOKEN_LENGTH,
  isChannelName,
  isFields,
} from './field-reader.ts';
import { type SubscriptionReply, encodeSubscription } from './subscribe.ts';

/** Where a client stood in one server-side subscription before it lost its connection. */
export interface LastPosition {
  readonly recover: boolean;
  readonly epoch: string;
  readonly offset: number;
}

export interface ConnectRequest {
  /** '' when none was sent. */
  readonly token: string;
  readonly data: unknown;
  /** By channel; a Map, because the names come from outside. */
  readonly subs: ReadonlyMap<string, LastPosition>;
  /** Name and version that an SDK gives itself, for logs. */
  readonly name: string;
  readonly version: string;
}

export interface RefreshRequest {
  readonly token: string;
}

const MAX_SDK_NAME_LENGTH = 64;
/** More server-side subscriptions than this nobody can have had. */
const MAX_RECOVERED_SUBSCRIPTIONS = 1024;
const NO_SUBSCRIPTIONS: ReadonlyMap<string, LastPosition> = new Map();

const readPositions = (reader: FieldReader): ReadonlyMap<string, LastPosition> => {
  const subs = reader.object('subs');
  if (subs === undefined) return NO_SUBSCRIPTIONS;
  const entries = Object.entries(subs);
  if (entries.length > MAX_RECOVERED_SUBSCRIPTIONS) {
    reader.refuse('subs', `has more than ${MAX_RECOVERED_SUBSCRIPTIONS} channels`);
    return NO_SUBSCRIPTIONS;
  }
  const positions = new Map<string, LastPosition>();
  for (const [channel, value] of entries) {
    if (!isChannelName(channel) || !isFields(value)) {
      reader.refuse('subs', 'must have objects by channel name');
      return NO_SUBSCRIPTIONS;
    }
    const position = new Reader(value, channel);
    positions.set(channel, {
      recover: position.flag('recover'),
      epoch: position.text('epoch', 64),
      offset: position.whole('offset'),
    });
    reader.adopt('subs', position);
  }
  return positions;
};

/** @internal */
export const readConnect = (reader: FieldReader): ConnectRequest => ({
  token: reader.text('token', MAX_TOKEN_LENGTH),
  data: reader.value('data'),
  subs: readPositions(reader),
  name: reader.text('name', MAX_SDK_NAME_LENGTH),
  version: reader.text('version', MAX_SDK_NAME_LENGTH),
});

/** @internal */
export const readRefresh = (reader: FieldReader): RefreshRequest => ({
  token: reader.text('token', MAX_TOKEN_LENGTH),
});

export interface ConnectReply {
  readonly client: string;
  readonly version: string;
  /** Seconds until the token runs out; absent: never. */
  readonly ttl?: number;
  /** Seconds between the server's pings. */
  readonly ping: number;
  /** Whether the server expects an answer to its pings. */
  readonly pong: boolean;
  readonly subs?: ReadonlyMap<string, SubscriptionReply>;
  readonly data?: RawJson;
  /** Where and as whom the client speaks, on transports that only carry what it is told (`/emulation`). */
  readonly control?: { readonly session: string; readonly node: string };
}

export const encodeTtl = (ttl: number | undefined): string =>
  ttl === undefined ? '' : `,"expires":true,"ttl":${ttl}`;

const encodeSubs = (subs: ReadonlyMap<string, SubscriptionReply> | undefined): string => {
  if (subs === undefined || subs.size === 0) return '';
  let text = '';
  for (const [channel, reply] of subs) {
    text += `${text === '' ? '' : ','}${jsonString(channel)}:${encodeSubscription(reply)}`;
  }
  return `,"subs":{${text}}`;
};

const encodeControl = ({ control }: ConnectReply): string =>
  control === undefined
    ? ''
    : `,"session":${jsonString(control.session)},"node":${jsonString(control.node)}`;

export const encodeConnectReply = (id: number, reply: ConnectReply): string => {
  const data = reply.data === undefined ? '' : `,"data":${reply.data}`;
  return (
    `{"id":${id},"connect":{"client":${jsonString(reply.client)},"version":${jsonString(reply.version)}` +
    `${encodeTtl(reply.ttl)},"ping":${reply.ping}${reply.pong ? ',"pong":true' : ''}` +
    `${encodeControl(reply)}${data}${encodeSubs(reply.subs)}}}`
  );
};

export interface RefreshReply {
  readonly client: string;
  readonly version: string;
  readonly ttl?: number;
}

export const encodeRefreshReply = (id: number, reply: RefreshReply): string =>
  `{"id":${id},"refresh":{"client":${jsonString(reply.client)},"version":${jsonString(reply.version)}${encodeTtl(reply.ttl)}}}`;
