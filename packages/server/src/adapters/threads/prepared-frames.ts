/** Frames that the main thread has encoded already, by the event they show; gone with it. */
import type { ChannelEvent } from '@carillon/protocol';
import type { WireFormat } from '../../ports/wire-format.ts';

export class PreparedFrames {
  readonly #frames = new WeakMap<ChannelEvent, Uint8Array>();

  keep(event: ChannelEvent, frame: Uint8Array): void {
    this.#frames.set(event, frame);
  }

  /** The same format, which does not encode again what came encoded. */
  over(format: WireFormat): WireFormat {
    return {
      ...format,
      encodeEvents: (channel, events) => {
        const [only] = events;
        const prepared =
          only === undefined || events.length > 1 ? undefined : this.#frames.get(only);
        return prepared ?? format.encodeEvents(channel, events);
      },
    };
  }
}
