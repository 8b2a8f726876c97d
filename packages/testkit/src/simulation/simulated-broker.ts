/** A node's broker over a simulated engine. Away, it does what the port says: tells its own, and rejects. */
import type { ChannelEvent } from '@carillon/protocol';
import type {
  Broker,
  HistoryPage,
  HistoryQuery,
  PublishOptions,
  PublishResult,
} from '../../../server/src/ports/broker.ts';
import { AWAY } from './engine-away.ts';
import type { Link, Stream } from './simulated-engine.ts';

export function createSimulatedBroker(link: Link): Broker {
  const { engine } = link;
  return {
    start(handler) {
      link.brokerHandler = handler;
      return Promise.resolve();
    },
    subscribe(channel) {
      link.subscribed.add(channel);
      return Promise.resolve();
    },
    unsubscribe(channel) {
      link.subscribed.delete(channel);
      return Promise.resolve();
    },
    publish(channel, event, options) {
      if (!link.isAway) return Promise.resolve(publish(link, { channel, event, options }));
      if (link.subscribed.has(channel)) link.brokerHandler?.handleEvent(channel, event);
      return Promise.reject(new Error(AWAY));
    },
    async history(channel, query) {
      try {
        await link.ask();
      } catch (error) {
        link.historyFailures += 1;
        throw error;
      }
      return pageOf(engine.streamOf(channel), query);
    },
    removeHistory(channel) {
      engine.streamOf(channel).publications = [];
      return Promise.resolve();
    },
    close() {
      link.close();
      return Promise.resolve();
    },
  };
}

function publish(
  { engine }: Link,
  sent: {
    readonly channel: string;
    readonly event: ChannelEvent;
    readonly options: PublishOptions;
  },
): PublishResult {
  const { channel, event, options } = sent;
  const key = `${channel}\n${options.idempotencyKey ?? engine.random.id()}`;
  if (engine.keys.has(key)) {
    const position = engine.keys.get(key);
    return position === undefined ? { duplicate: true } : { duplicate: true, position };
  }
  const size = options.historySize ?? 0;
  if (event.type !== 'publication' || size <= 0) {
    for (const link of engine.links) link.deliver(channel, event);
    return { duplicate: false };
  }
  const stream = engine.streamOf(channel);
  stream.top += 1;
  const publication = { ...event.publication, offset: stream.top };
  stream.publications = [...stream.publications, publication].slice(-size);
  const position = { epoch: stream.epoch, offset: stream.top };
  engine.keys.set(key, position);
  const kept = { type: 'publication', publication } as const;
  for (const link of engine.links) link.deliver(channel, kept, stream.epoch);
  return { duplicate: false, position };
}

function pageOf({ epoch, top, publications }: Stream, query: HistoryQuery): HistoryPage {
  const position = { epoch, offset: top };
  const { since, limit, reverse } = query;
  const ordered = reverse === true ? publications.toReversed() : publications;
  const asked = ordered.filter(({ offset = 0 }) => {
    if (since === undefined) return true;
    return reverse === true ? offset < since.offset : offset > since.offset;
  });
  return { position, publications: limit < 0 ? asked : asked.slice(0, limit) };
}
