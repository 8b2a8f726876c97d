/** Bytes for native JSON clients over WebSocket: all messages of a tick, a line each, in one text frame. */
import { encodeEventPushes } from '@carillon/protocol';
import type { WireFormat } from '../../ports/wire-format.ts';
import { frameText } from '../../transports/websocket/frame.ts';

export const NATIVE_JSON: WireFormat = {
  name: 'native-json',
  encodeEvents: (channel, events) => frameText(encodeEventPushes(channel, events).join('\n')),
  encodeMessages: (messages) => frameText(messages.join('\n')),
};
