/** `presence` and `presence_stats`: who is in a channel, and how many. */
import type { ClientInfo } from '../publication.ts';
import type { FieldReader } from './field-reader.ts';
import { encodeClientInfo, jsonString } from './json-text.ts';

export interface PresenceRequest {
  readonly channel: string;
}

/** @internal */
export const readPresence = (reader: FieldReader): PresenceRequest => ({
  channel: reader.channel(),
});

export const encodePresenceReply = (id: number, clients: readonly ClientInfo[]): string => {
  let text = '';
  for (const info of clients) {
    text += `${text === '' ? '' : ','}${jsonString(info.client)}:${encodeClientInfo(info)}`;
  }
  return `{"id":${id},"presence":{"presence":{${text}}}}`;
};

export interface PresenceCounts {
  readonly clients: number;
  readonly users: number;
}

export const encodePresenceStatsReply = (id: number, counts: PresenceCounts): string =>
  `{"id":${id},"presence_stats":{"num_clients":${counts.clients},"num_users":${counts.users}}}`;
