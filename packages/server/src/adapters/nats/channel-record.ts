/**
 * What travels in NATS, as bytes. A record is what the stream keeps of a channel: one or more
 * publications, with everything the next writer and a reader must know of the channel's past. An
 * event is what passes through without being kept. Data is carried as it came, never parsed.
 *
 *   1 <epoch> <top> <count> <at> <written> <size> <ttl> <previous> <batch>\n
 *   <bytes of data> <rest as JSON, or nothing>\n<data>        (count times)
 *
 *   P|J|L <key or nothing> <count or nothing>\n <one item as above>   (publication, join, leave)
 */
import type { ChannelEvent, ClientInfo, Publication } from '@carillon/protocol';

export interface RecordHead {
  readonly epoch: string;
  /** Offset of the last publication up to here. */
  readonly top: number;
  /** ms since 1970 of the newest publication up to here. */
  readonly publishedAt: number;
  /** ms since 1970 of this record. */
  readonly writtenAt: number;
  readonly historySize: number;
  /** 0: for ever. */
  readonly historyTtlMs: number;
  /** Sequences of the records before this one, newest first: enough of them to read in few rounds. */
  readonly previous: readonly number[];
  /** Says whose it is: a writer knows its own again. */
  readonly batchId: string;
}

export interface ChannelRecord {
  readonly head: RecordHead;
  /** Oldest first; the last one's offset is the head's `top`. Empty: only carries the position on. */
  readonly publications: readonly Publication[];
}

/** An event without offset, and the idempotency key it was published with. */
export interface PassingEvent {
  readonly event: ChannelEvent;
  readonly key?: string;
}

interface Rest {
  readonly info?: ClientInfo;
  readonly tags?: Readonly<Record<string, string>>;
  readonly excludeUser?: string;
  readonly nativeOnly?: boolean;
}

const VERSION = '1';
const NEWLINE = 0x0a;
const LETTERS = { publication: 'P', join: 'J', leave: 'L' } as const;

export function encodeRecord({ head, publications }: ChannelRecord): string {
  const { epoch, top, publishedAt, writtenAt, historySize, historyTtlMs } = head;
  const stream = `${VERSION} ${epoch} ${top} ${publications.length} ${publishedAt} ${writtenAt}`;
  const rest = `${historySize} ${historyTtlMs} ${encodeSequences(head.previous)} ${head.batchId}`;
  return `${stream} ${rest}\n${publications.map(encodeItem).join('')}`;
}

/** Undefined for bytes that are no record, or one of a later format. */
export function decodeRecord(bytes: Uint8Array): ChannelRecord | undefined {
  const reader = new Reader(bytes);
  const fields = reader.line().split(' ');
  const [version, epoch = '', top, count, publishedAt, writtenAt] = fields;
  const [historySize, historyTtlMs, previous = '-', batchId = ''] = fields.slice(6);
  if (version !== VERSION) return undefined;
  const first = Number(top) - Number(count) + 1;
  const publications: Publication[] = [];
  for (let index = 0; index < Number(count); index += 1) {
    publications.push({ ...readItem(reader), offset: first + index });
  }
  const head: RecordHead = {
    epoch,
    top: Number(top),
    publishedAt: Number(publishedAt),
    writtenAt: Number(writtenAt),
    historySize: Number(historySize),
    historyTtlMs: Number(historyTtlMs),
    previous: decodeSequences(previous),
    batchId,
  };
  return { head, publications };
}

export function encodeEvent({ event, key = '' }: PassingEvent): string {
  const item =
    event.type === 'publication'
      ? encodeItem(event.publication)
      : encodeItem({ data: '', info: event.info });
  const clients = event.type === 'publication' ? '' : (event.clients ?? '');
  return `${LETTERS[event.type]} ${encodeURIComponent(key.toWellFormed())} ${clients}\n${item}`;
}

/** Undefined for bytes that are no event, or one of a later format. */
export function decodeEvent(bytes: Uint8Array): PassingEvent | undefined {
  const reader = new Reader(bytes);
  const [letter, key = '', clients = ''] = reader.line().split(' ');
  const event = eventOf(letter, readItem(reader), clients);
  if (event === undefined) return undefined;
  return key === '' ? { event } : { event, key: decodeURIComponent(key) };
}

/** Which of the two it is. */
export const isRecord = (bytes: Uint8Array): boolean => bytes[0] === VERSION.charCodeAt(0);

function eventOf(
  letter: string | undefined,
  publication: Publication,
  clients: string,
): ChannelEvent | undefined {
  if (letter === LETTERS.publication) return { type: 'publication', publication };
  const { info } = publication;
  if (info === undefined || (letter !== LETTERS.join && letter !== LETTERS.leave)) return undefined;
  const type = letter === LETTERS.join ? 'join' : 'leave';
  return clients === '' ? { type, info } : { type, info, clients: Number(clients) };
}

function encodeItem({ data, info, tags, excludeUser, nativeOnly }: Publication): string {
  const size = Buffer.byteLength(data);
  const isBare = !info && !tags && excludeUser === undefined && nativeOnly === undefined;
  const rest = isBare ? '' : JSON.stringify({ info, tags, excludeUser, nativeOnly });
  return `${size} ${rest}\n${data}`;
}

function readItem(reader: Reader): Publication {
  const line = reader.line();
  const space = line.indexOf(' ');
  const data = reader.text(Number(line.slice(0, space)));
  return space + 1 >= line.length
    ? { data }
    : { data, ...(JSON.parse(line.slice(space + 1)) as Rest) };
}

/** Newest first: the newest as it is, then the distances, in base 36. */
function encodeSequences(sequences: readonly number[]): string {
  if (sequences.length === 0) return '-';
  return sequences
    .map((seq, index) => ((index === 0 ? 2 * seq : (sequences[index - 1] ?? 0)) - seq).toString(36))
    .join('.');
}

function decodeSequences(text: string): readonly number[] {
  if (text === '-') return [];
  let before = 0;
  return text.split('.').map((part, index) => {
    const number = Number.parseInt(part, 36);
    before = index === 0 ? number : before - number;
    return before;
  });
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  line(): string {
    const end = this.#bytes.indexOf(NEWLINE, this.#at);
    const line = this.#bytes.toString('utf8', this.#at, end < 0 ? this.#bytes.length : end);
    this.#at = end < 0 ? this.#bytes.length : end + 1;
    return line;
  }

  text(length: number): string {
    const text = this.#bytes.toString('utf8', this.#at, this.#at + length);
    this.#at += length;
    return text;
  }
}
