/** The plainest wire format: one JSON object per line. Counts its encodes, so that a test can see that bytes are shared. */
import type { ChannelEvent } from '@carillon/protocol';
import type { WireFormat } from '../../../server/src/ports/wire-format.ts';

export interface LineFormat extends WireFormat {
  readonly encodes: number;
}

export function createLineFormat(name = 'lines'): LineFormat {
  const encoder = new TextEncoder();
  let encodes = 0;
  return {
    name,
    get encodes() {
      return encodes;
    },
    encodeEvents(channel, events) {
      encodes += 1;
      return encoder.encode(events.map((event) => lineOf(channel, event)).join(''));
    },
    encodeMessages(messages) {
      return encoder.encode(messages.map((message) => `${message}\n`).join(''));
    },
  };
}

function lineOf(channel: string, event: ChannelEvent): string {
  if (event.type !== 'publication') {
    return `${JSON.stringify({ channel, [event.type]: event.info.user || event.info.client })}\n`;
  }
  const { data, offset } = event.publication;
  const position = offset === undefined ? '' : `,"offset":${offset}`;
  return `{"channel":${JSON.stringify(channel)},"data":${data}${position}}\n`;
}
