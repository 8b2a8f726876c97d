/**
 * How an event travels and is kept in Redis: text, written once by the publisher, stored and sent
 * as it is, and read without parsing JSON. `data` is what follows the first line, untouched.
 *
 * ```
 * message  = position " " body               what PUB/SUB carries
 * position = "" | offset "@" epoch           put in front by the script
 * body     = kind { field } "\n" data        what the history keeps
 * kind     = "p" publication | "j" join | "l" leave
 * field    = tag length ":" text             length in UTF-16 units
 * ```
 * A reader skips fields it does not know and events of unknown kind, so that nodes of two versions
 * can work together.
 */
import type { ChannelEvent, ClientInfo, Publication, StreamPosition } from '@carillon/protocol';

export interface Envelope {
  readonly event: ChannelEvent;
  readonly position?: StreamPosition;
  /** This node has delivered it before the others could be reached. */
  readonly deliveredBy?: string;
}

type Mutable<T> = { -readonly [key in keyof T]: T[key] };

const LINE_END = 10;

export function encodeBody(event: ChannelEvent, deliveredBy?: string): string {
  const origin = deliveredBy === undefined ? '' : field('d', deliveredBy);
  if (event.type === 'publication') {
    const { publication } = event;
    return `p${encodeFields(publication)}${origin}\n${publication.data}`;
  }
  const clients = event.clients === undefined ? '' : field('m', String(event.clients));
  return `${event.type === 'join' ? 'j' : 'l'}${encodeInfo(event.info)}${clients}${origin}\n`;
}

/** Undefined when it is not understood. */
export function decodeMessage(message: string): Envelope | undefined {
  const space = message.indexOf(' ');
  if (space < 0) return undefined;
  const position = decodePosition(message.slice(0, space));
  return decodeBody(message, space + 1, position);
}

/** What history keeps. Undefined when it is not understood. */
export function decodeEntry(body: string, position: StreamPosition): Publication | undefined {
  const event = decodeBody(body, 0, position)?.event;
  return event?.type === 'publication' ? event.publication : undefined;
}

export function decodePosition(text: string): StreamPosition | undefined {
  const at = text.indexOf('@');
  if (at < 0) return undefined;
  return { epoch: text.slice(at + 1), offset: Number(text.slice(0, at)) };
}

function encodeFields({ info, tags, excludeUser, nativeOnly }: Publication): string {
  let fields = info === undefined ? '' : encodeInfo(info);
  if (excludeUser !== undefined) fields += field('x', excludeUser);
  if (nativeOnly === true) fields += field('n', '');
  if (tags !== undefined) {
    fields += field('t', '');
    for (const [key, value] of Object.entries(tags)) fields += field('k', key) + field('v', value);
  }
  return fields;
}

function encodeInfo({ user, client, connInfo, chanInfo }: ClientInfo): string {
  let fields = field('u', user) + field('c', client);
  if (connInfo !== undefined) fields += field('i', connInfo);
  if (chanInfo !== undefined) fields += field('h', chanInfo);
  return fields;
}

const field = (tag: string, text: string): string => `${tag}${text.length}:${text}`;

/** Everything that can stand in front of the data. */
interface Fields {
  info: Mutable<ClientInfo> | undefined;
  tags: Record<string, string> | undefined;
  tagName: string;
  excludeUser: string | undefined;
  deliveredBy: string | undefined;
  clients: number | undefined;
  isNativeOnly: boolean;
}

function decodeBody(
  text: string,
  start: number,
  position: StreamPosition | undefined,
): Envelope | undefined {
  const fields: Fields = {
    info: undefined,
    tags: undefined,
    tagName: '',
    excludeUser: undefined,
    deliveredBy: undefined,
    clients: undefined,
    isNativeOnly: false,
  };
  const end = readFields(text, start + 1, fields);
  if (end < 0) return undefined;
  const event = eventOf(text[start], fields, { text, end, offset: position?.offset });
  if (event === undefined) return undefined;
  return {
    event,
    ...(position === undefined ? {} : { position }),
    ...(fields.deliveredBy === undefined ? {} : { deliveredBy: fields.deliveredBy }),
  };
}

/** Where the line ends, or -1 when it is no line of fields. */
function readFields(text: string, start: number, fields: Fields): number {
  let at = start;
  while (text.charCodeAt(at) !== LINE_END) {
    const colon = text.indexOf(':', at);
    const length = colon < 0 ? Number.NaN : Number(text.slice(at + 1, colon));
    const next = colon + 1 + length;
    if (!(length >= 0) || next >= text.length) return -1;
    readField(text[at], text.slice(colon + 1, next), fields);
    at = next;
  }
  return at;
}

function readField(tag: string | undefined, value: string, fields: Fields): void {
  const { info } = fields;
  if (tag === 'u') fields.info = { user: value, client: '' };
  else if (tag === 'c' && info !== undefined) info.client = value;
  else if (tag === 'i' && info !== undefined) info.connInfo = value;
  else if (tag === 'h' && info !== undefined) info.chanInfo = value;
  else if (tag === 'x') fields.excludeUser = value;
  else if (tag === 'n') fields.isNativeOnly = true;
  else if (tag === 't') fields.tags = {};
  else if (tag === 'k') fields.tagName = value;
  else if (tag === 'v' && fields.tags !== undefined) fields.tags[fields.tagName] = value;
  else if (tag === 'd') fields.deliveredBy = value;
  else if (tag === 'm') fields.clients = Number(value);
}

function eventOf(
  kind: string | undefined,
  { info, tags, excludeUser, isNativeOnly, clients }: Fields,
  rest: { readonly text: string; readonly end: number; readonly offset: number | undefined },
): ChannelEvent | undefined {
  if (kind === 'p') {
    const publication: Mutable<Publication> = { data: rest.text.slice(rest.end + 1) };
    if (rest.offset !== undefined) publication.offset = rest.offset;
    if (info !== undefined) publication.info = info;
    if (tags !== undefined) publication.tags = tags;
    if (excludeUser !== undefined) publication.excludeUser = excludeUser;
    if (isNativeOnly) publication.nativeOnly = true;
    return { type: 'publication', publication };
  }
  if (info === undefined || (kind !== 'j' && kind !== 'l')) return undefined;
  const type = kind === 'j' ? 'join' : 'leave';
  return clients === undefined ? { type, info } : { type, info, clients };
}
