/** A connection that waits for NOTIFY, and is made again when it breaks. */
import type { Client } from 'pg';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { pause, RETRY_MS } from './source-options.ts';

export interface OutboxListener {
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface OutboxListenerOptions {
  readonly connect: () => Client;
  readonly channel: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Also after a reconnect: something may have been missed. */
  readonly onNotify: () => void;
}

export function createOutboxListener(options: OutboxListenerOptions): OutboxListener {
  const { channel, clock, logger, onNotify } = options;
  let client: Client | undefined;
  let isClosing = false;

  const listen = async (): Promise<void> => {
    const made = options.connect();
    made.on('error', (error) => {
      logger.warn({ reason: error.message }, 'outbox: the connection for NOTIFY was lost');
    });
    made.on('notification', onNotify);
    try {
      await made.connect();
      await made.query(`LISTEN ${made.escapeIdentifier(channel)}`);
    } catch (error) {
      await made.end().catch(() => undefined);
      throw error;
    }
    made.once('end', () => void again());
    client = made;
  };

  const again = async (): Promise<void> => {
    client = undefined;
    while (!isClosing) {
      await pause(clock, RETRY_MS);
      if (isClosing) return;
      try {
        await listen();
        onNotify();
        return;
      } catch (error) {
        logger.debug({ reason: String(error) }, 'outbox: no connection for NOTIFY yet');
      }
    }
  };

  return {
    start: listen,
    close: async () => {
      isClosing = true;
      await client?.end();
    },
  };
}
