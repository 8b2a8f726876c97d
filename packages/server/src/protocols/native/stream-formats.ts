/**
 * Bytes for native clients on streams. Each format is one shared object, so that a publication is
 * encoded once for all connections of a kind.
 */
import { bareMessage, encodeEventPushes } from '@carillon/protocol';
import type { WireFormat } from '../../ports/wire-format.ts';
import { encodeJsonEvent } from '../../transports/sse/event-encoder.ts';
import { frameTexts } from '../../transports/websocket/frame.ts';

type Encode = (messages: readonly string[]) => Uint8Array;

const formatOf = (name: string, encodeMessages: Encode): WireFormat => ({
  name,
  encodeEvents: (channel, events) => encodeMessages(encodeEventPushes(channel, events)),
  encodeMessages,
});

/** A line each: replies and pushes of the protocol end with a line end, the last one too. */
export const NATIVE_LINES = formatOf('native-lines', (messages) =>
  Buffer.from(`${messages.join('\n')}\n`),
);

/** All messages of a tick in one event, a `data` line each, which is how SDKs take them apart. */
export const NATIVE_SSE = formatOf('native-sse', (messages) =>
  Buffer.from(encodeJsonEvent(messages)),
);

/** An event for each push: a page without an SDK parses `event.data` and has it. */
export const UNI_SSE = formatOf('uni-sse', (messages) =>
  Buffer.from(messages.map((message) => encodeJsonEvent([bareMessage(message)])).join('')),
);

/** A text frame for each push. */
export const UNI_WEBSOCKET = formatOf('uni-websocket', (messages) =>
  frameTexts(messages.map(bareMessage)),
);
