/**
 * A durable pull consumer of a NATS JetStream stream. The stream must be there; the consumer is
 * made when it is not. Dead letters go to the subject `carillon.dead.<stream>`, which a stream of
 * its own (`<stream>_DEAD`) keeps, with the reason in a header.
 */
import type * as JetStream from '@nats-io/jetstream';
import type { Consumer, ConsumerMessages, JetStreamClient, JsMsg } from '@nats-io/jetstream';
import type * as Transport from '@nats-io/transport-node';
import type { QueueHandler, QueueSource, QueueState } from '../../ports/queue-source.ts';
import { loadClient } from './client-module.ts';
import { createInHand, type InHand } from './in-hand.ts';
import {
  CONNECT_TIMEOUT_MS,
  pause,
  repeatedly,
  RETRY_MS,
  type SourceOptions,
} from './source-options.ts';

export interface NatsOptions extends SourceOptions {
  /** `nats://user:password@host:port`, several separated by commas; `tls://…` with TLS. */
  readonly url: string;
  readonly stream: string;
  readonly consumer: string;
}

interface Client {
  readonly transport: typeof Transport;
  readonly jetstream: typeof JetStream;
}

/** A pull that waits longer keeps places that were freed meanwhile from being asked for. */
const PULL_MS = 1_000;
const NANOSECONDS = 1_000_000;

/** @throws Error when the packages of NATS are not installed. */
export async function loadNats(): Promise<(options: NatsOptions) => QueueSource> {
  const setting = 'QUEUE_NATS_URL';
  const transport = await loadClient('@nats-io/transport-node', {
    setting,
    load: () => import('@nats-io/transport-node'),
  });
  const jetstream = await loadClient('@nats-io/jetstream', {
    setting,
    load: () => import('@nats-io/jetstream'),
  });
  return (options) => new NatsSource({ transport, jetstream }, options);
}

class NatsSource implements QueueSource {
  readonly name = 'nats';
  readonly #client: Client;
  readonly #options: NatsOptions;
  readonly #inHand: InHand;
  /** Of the consumer, which may have been there before. */
  #ackWaitMs: number;
  #connection: Transport.NatsConnection | undefined;
  #js: JetStreamClient | undefined;
  #consumer: Consumer | undefined;
  #pull: ConsumerMessages | undefined;
  #reading: Promise<void> = Promise.resolve();
  #isClosing = false;

  constructor(client: Client, options: NatsOptions) {
    this.#client = client;
    this.#options = options;
    this.#inHand = createInHand(options.prefetch);
    this.#ackWaitMs = options.leaseMs;
  }

  async start(handler: QueueHandler): Promise<void> {
    const { transport, jetstream } = this.#client;
    this.#connection = await transport.connect({
      ...addressOf(this.#options.url),
      name: 'carillon queue',
      timeout: CONNECT_TIMEOUT_MS,
      maxReconnectAttempts: -1,
    });
    this.#js = jetstream.jetstream(this.#connection);
    await this.#prepare();
    const { stream, consumer } = this.#options;
    this.#consumer = await this.#js.consumers.get(stream, consumer);
    const { config } = await this.#consumer.info();
    this.#ackWaitMs = (config.ack_wait ?? 0) / NANOSECONDS || this.#ackWaitMs;
    this.#reading = this.#read(handler);
  }

  async inspect(): Promise<QueueState> {
    if (this.#consumer === undefined) throw new Error('not connected to NATS');
    const { num_pending: waiting } = await this.#consumer.info();
    return { waiting };
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#pull?.stop();
    await this.#reading;
    await this.#inHand.whenEmpty();
    // Also sends what was acknowledged last.
    if (this.#connection?.isClosed() === false) await this.#connection.drain();
  }

  async #prepare(): Promise<void> {
    const { stream, consumer, prefetch } = this.#options;
    const { AckPolicy, DeliverPolicy } = this.#client.jetstream;
    const manager = await (this.#js ?? fail('not connected to NATS')).jetstreamManager();
    const isThere = (name: string): Promise<boolean> => found(() => manager.streams.info(name));
    if (!(await isThere(stream))) {
      throw new Error(`QUEUE_NATS_STREAM: there is no stream ${stream}; make it with its subjects`);
    }
    if (!(await isThere(`${stream}_DEAD`))) {
      await manager.streams.add({ name: `${stream}_DEAD`, subjects: [deadSubject(stream)] });
    }
    if (!(await found(() => manager.consumers.info(stream, consumer)))) {
      await manager.consumers.add(stream, {
        durable_name: consumer,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        ack_wait: this.#options.leaseMs * NANOSECONDS,
        max_deliver: -1,
        max_ack_pending: Math.max(1_000, prefetch),
      });
    }
  }

  async #read(handler: QueueHandler): Promise<void> {
    const { clock, logger } = this.#options;
    while (!this.#isClosing) {
      try {
        await this.#inHand.whenFree();
        await this.#readSome(handler);
      } catch (error) {
        if (this.#isClosing) return;
        logger.warn({ reason: String(error) }, 'NATS: receiving failed');
        await pause(clock, RETRY_MS);
      }
    }
  }

  async #readSome(handler: QueueHandler): Promise<void> {
    if (this.#isClosing) return;
    const pull = await this.#consumer?.fetch({
      max_messages: this.#inHand.free,
      expires: PULL_MS,
    });
    this.#pull = pull;
    if (this.#isClosing) pull?.stop();
    for await (const message of pull ?? []) {
      this.#inHand.add(this.#handle(message, handler));
    }
  }

  async #handle(message: JsMsg, handler: QueueHandler): Promise<void> {
    const { clock, logger, stream } = this.#options;
    const stopKeeping = repeatedly(
      { clock, ms: this.#ackWaitMs / 3, onError: () => undefined },
      () => Promise.resolve(message.working()),
    );
    const key = message.headers?.get('Carillon-Key') ?? '';
    try {
      const settlement = await handler({
        body: message.data,
        id: `${stream}:${message.seq}`,
        ...(key !== '' && { key }),
        redeliveries: message.info.deliveryCount - 1,
      });
      stopKeeping();
      if (settlement.type === 'retry') {
        message.nak(settlement.delayMs === 0 ? undefined : settlement.delayMs);
        return;
      }
      if (settlement.type === 'dead') await this.#bury(message, settlement.reason);
      message.ack();
    } catch (error) {
      logger.warn({ reason: String(error) }, 'NATS: a message was not settled; it comes again');
    } finally {
      stopKeeping();
    }
  }

  async #bury(message: JsMsg, reason: string): Promise<void> {
    const { stream, clock } = this.#options;
    const headers = this.#client.transport.headers();
    headers.set('Carillon-Reason', oneLine(reason));
    headers.set('Carillon-Subject', message.subject);
    headers.set('Carillon-Sequence', String(message.seq));
    headers.set('Carillon-Died-At', new Date(clock.now()).toISOString());
    // The same letter twice, after an acknowledgement was lost, is kept once.
    await this.#js?.publish(deadSubject(stream), message.data, {
      headers,
      msgID: `${stream}:${message.seq}`,
    });
  }
}

const deadSubject = (stream: string): string => `carillon.dead.${stream}`;

const fail = (message: string): never => {
  throw new Error(message);
};

/** A header is one line. */
const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ');

async function found(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (/not found/i.test(String(error))) return false;
    throw error;
  }
}

interface Address {
  readonly servers: string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  readonly tls?: object;
}

/** The client wants credentials apart from the address; one name alone is a token. */
function addressOf(text: string): Address {
  const urls = text.split(',').map((part) => new URL(part.trim()));
  const [first] = urls;
  const user = decodeURIComponent(first?.username ?? '');
  const pass = decodeURIComponent(first?.password ?? '');
  return {
    servers: urls.map(({ host }) => host),
    ...(pass !== '' && { user, pass }),
    ...(pass === '' && user !== '' && { token: user }),
    ...(first?.protocol === 'tls:' && { tls: {} }),
  };
}
