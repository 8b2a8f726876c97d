/**
 * Where a client stands in its channels, as the `id` of a server-sent event: what an EventSource
 * sends back as `Last-Event-ID` when it reconnects by itself.
 *
 *   user%3Aalice=ce20.1:10,news%3A1=ce20.4:7
 */
import { type StreamPosition, isChannelName } from '@carillon/protocol';

/** Headers of a request have 16 KB together. What finds no room is told to have missed something. */
const MAX_LENGTH = 8 * 1024;
const MAX_CHANNELS = 1024;
const ENTRY = /^([^=]+)=([^:]*):(\d{1,15})$/;

/** Undefined: there is nothing to say. */
export const encodePositions = (
  positions: ReadonlyMap<string, StreamPosition>,
): string | undefined => {
  let text = '';
  for (const [channel, { epoch, offset }] of positions) {
    const name = encodeURIComponent(channel.toWellFormed());
    const entry = `${name}=${encodeURIComponent(epoch.toWellFormed())}:${offset}`;
    if (text.length + entry.length > MAX_LENGTH) continue;
    text += text === '' ? entry : `,${entry}`;
  }
  return text === '' ? undefined : text;
};

/** Undefined: it is none of ours, so the client has not been here. */
export const parsePositions = (
  id: string | undefined,
): ReadonlyMap<string, StreamPosition> | undefined => {
  if (id === undefined || id === '' || id.length > MAX_LENGTH) return undefined;
  const positions = new Map<string, StreamPosition>();
  for (const entry of id.split(',', MAX_CHANNELS)) {
    const [, name, epoch, offset] = ENTRY.exec(entry) ?? [];
    const channel = decode(name);
    const inEpoch = decode(epoch);
    if (channel === undefined || inEpoch === undefined || !isChannelName(channel)) return undefined;
    positions.set(channel, { epoch: inEpoch, offset: Number(offset) });
  }
  return positions;
};

const decode = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};
