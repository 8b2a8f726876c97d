/**
 * Commands of the Centrifuge client protocol v2 in JSON, as bytes become types. Hand-written
 * guards instead of a schema: this runs for every message of every client, and its answers have
 * to say which command was wrong and why.
 */
import { type ErrorName, type Failure, fail } from '../errors.ts';
import type { RawJson } from '../publication.ts';
import { type ConnectRequest, type RefreshRequest, readConnect, readRefresh } from './connect.ts';
import { FieldReader, type Fields, isFields } from './field-reader.ts';
import { type HistoryRequest, readHistory } from './history.ts';
import { type JsonScan, hasForbiddenKey, scanJson } from './json-scan.ts';
import { type PresenceRequest, readPresence } from './presence.ts';
import { type PublishRequest, readPublish } from './publish.ts';
import { type RpcRequest, type SendRequest, readRpc, readSend } from './rpc.ts';
import {
  type SubRefreshRequest,
  type SubscribeRequest,
  type UnsubscribeRequest,
  readSubRefresh,
  readSubscribe,
  readUnsubscribe,
} from './subscribe.ts';

/** Command name → request. */
export interface CommandRequests {
  connect: ConnectRequest;
  refresh: RefreshRequest;
  subscribe: SubscribeRequest;
  sub_refresh: SubRefreshRequest;
  unsubscribe: UnsubscribeRequest;
  publish: PublishRequest;
  presence: PresenceRequest;
  presence_stats: PresenceRequest;
  history: HistoryRequest;
  rpc: RpcRequest;
  send: SendRequest;
  ping: null;
}

export type CommandName = keyof CommandRequests;

/** `id` is 0 only for `send`, which has no reply. */
export type Command = {
  [Name in CommandName]: {
    readonly type: Name;
    readonly id: number;
    readonly request: CommandRequests[Name];
  };
}[CommandName];

/**
 * `command`, `pong` (the empty object), `refused` (answer with an error; `id` 0 when it could not
 * be found) or `violation` (the protocol ends such a connection: an id is missing).
 */
export type ParsedCommand =
  | { readonly type: 'command'; readonly command: Command }
  | { readonly type: 'pong' }
  | { readonly type: 'refused'; readonly id: number; readonly failure: Failure }
  | { readonly type: 'violation' };

const MAX_ID = 0xffff_ffff;
const PONG: ParsedCommand = { type: 'pong' };
const VIOLATION: ParsedCommand = { type: 'violation' };

const refused = (id: number, error: ErrorName, message?: string): ParsedCommand => ({
  type: 'refused',
  id,
  failure: fail(error, message),
});

const NAMES: ReadonlySet<string> = new Set<CommandName>([
  'connect',
  'refresh',
  'subscribe',
  'sub_refresh',
  'unsubscribe',
  'publish',
  'presence',
  'presence_stats',
  'history',
  'rpc',
  'send',
  'ping',
]);

const isCommandName = (name: string): name is CommandName => NAMES.has(name);

const LEADING_ID = /^\s*\{\s*"id"\s*:\s*(\d{1,10})\s*[,}]/;

/** The id of a command that is not valid JSON, when it stands where SDKs write it: first. */
const idOfBroken = (text: string): number => {
  const id = Number(LEADING_ID.exec(text)?.[1] ?? 0);
  return id <= MAX_ID ? id : 0;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The payload's own text where the scan found it; white space that would break a line-based transport is not kept. */
const rawData = (text: string, scan: JsonScan, fields: Fields): RawJson | undefined => {
  if (!Object.hasOwn(fields, 'data')) return undefined;
  if (scan.dataStart > 0 && scan.dataEnd > scan.dataStart) {
    const raw = text.slice(scan.dataStart, scan.dataEnd).trim();
    if (!raw.includes('\r') && !raw.includes('\n')) return raw;
  }
  return JSON.stringify(fields['data']);
};

type Reader<Name extends CommandName> = (
  reader: FieldReader,
  data: () => RawJson | undefined,
) => CommandRequests[Name];

const READERS: { readonly [Name in CommandName]: Reader<Name> } = {
  connect: readConnect,
  refresh: readRefresh,
  subscribe: readSubscribe,
  sub_refresh: readSubRefresh,
  unsubscribe: readUnsubscribe,
  publish: (reader, data) => readPublish(reader, data()),
  presence: readPresence,
  presence_stats: readPresence,
  history: readHistory,
  rpc: readRpc,
  send: readSend,
  ping: () => null,
};

/** The one command member of the envelope; undefined when there is none, null when several. */
const commandNameOf = (envelope: Fields): CommandName | null | undefined => {
  let found: CommandName | undefined;
  for (const name in envelope) {
    if (!isCommandName(name)) continue;
    if (found !== undefined) return null;
    found = name;
  }
  return found;
};

const idOf = (envelope: Fields): number | undefined => {
  const id = envelope['id'] ?? 0;
  const isId = typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= MAX_ID;
  return isId ? id : undefined;
};

/**
 * One command from one line of a frame. Never throws.
 *
 * @see https://centrifugal.dev/docs/transports/client_protocol
 */
export const parseCommand = (text: string): ParsedCommand => {
  if (text === '{}') return PONG;
  const scan = scanJson(text);
  if (!scan.isShallow) return refused(idOfBroken(text), 'too_deep');
  const envelope = parseJson(text);
  if (!isFields(envelope)) return refused(idOfBroken(text), 'not_json');
  const id = idOf(envelope);
  if (id === undefined) return refused(0, 'bad_request', 'id must be a whole number of 32 bits');
  if (hasForbiddenKey(text, envelope)) return refused(id, 'bad_request', 'a key is not allowed');
  const name = commandNameOf(envelope);
  if (name === null) return refused(id, 'bad_request', 'one command per object');
  if (name === undefined) {
    if (Object.keys(envelope).length === 0) return PONG;
    return id === 0 ? VIOLATION : refused(id, 'method_not_found');
  }
  if (id === 0 && name !== 'send') return VIOLATION;
  return parseRequest({ text, scan, id, name, value: envelope[name] ?? {} });
};

interface Envelope {
  readonly text: string;
  readonly scan: JsonScan;
  readonly id: number;
  readonly name: CommandName;
  readonly value: unknown;
}

const parseRequest = (envelope: Envelope): ParsedCommand => {
  const { text, scan, id, name, value } = envelope;
  if (!isFields(value)) return refused(id, 'bad_request', `${name} must be an object`);
  const reader = new FieldReader(value, name);
  const request = READERS[name](reader, () => rawData(text, scan, value));
  if (reader.problem !== undefined) return refused(id, 'bad_request', reader.problem);
  // The table above pairs every name with its own request; the compiler loses the pair in the union.
  return { type: 'command', command: { type: name, id, request } as Command };
};
