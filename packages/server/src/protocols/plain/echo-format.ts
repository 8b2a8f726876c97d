/** `/ws`: text and binary go back in the order they came, so both wait in the same queue. */
import type { WireFormat } from '../../ports/wire-format.ts';
import { frameBinary, frameText } from '../../transports/websocket/frame.ts';
import { frameMessages } from './plain-framing.ts';

/** A connection's queue holds texts: bytes travel through it one per character, behind this mark. */
const BINARY_MARK = '\u0000b';
const TEXT_MARK = '\u0000t';

export const echoOfText = (text: string): string => `${TEXT_MARK}Echo: ${text}`;

export const echoOfBinary = (bytes: Uint8Array): string =>
  BINARY_MARK + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

const frameOf = (message: string): Uint8Array => {
  if (message.startsWith(BINARY_MARK))
    return frameBinary(Buffer.from(message.slice(BINARY_MARK.length), 'latin1'));
  return message.startsWith(TEXT_MARK)
    ? frameText(message.slice(TEXT_MARK.length))
    : frameMessages([message]);
};

export const ECHO_FORMAT: WireFormat = {
  name: 'plain-echo',
  encodeEvents: () => undefined,
  encodeMessages: (messages) => Buffer.concat(messages.map(frameOf)),
};
