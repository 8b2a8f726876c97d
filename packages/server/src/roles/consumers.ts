/** The queues that the configuration names, over the procedures: what a worker takes from outside. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { loadKafka } from '../adapters/consumers/kafka-source.ts';
import { loadNats } from '../adapters/consumers/nats-source.ts';
import { loadOutbox } from '../adapters/consumers/outbox-source.ts';
import { loadRabbitmq } from '../adapters/consumers/rabbitmq-source.ts';
import { loadRedisStreams } from '../adapters/consumers/redis-source.ts';
import type { SourceOptions } from '../adapters/consumers/source-options.ts';
import { loadSqs } from '../adapters/consumers/sqs-source.ts';
import type { Config } from '../config/load-config.ts';
import {
  createConsuming,
  type Consuming,
  type ConsumingDeps,
  type SourceFactory,
} from '../consuming/consuming.ts';

type Wanted = (options: SourceOptions, config: Config) => Promise<SourceFactory | undefined>;

/**
 * @param deps `dependencies` are the health checks of the store and the engine: while one of them
 *   fails, no message is attempted.
 * @throws Error naming the package, when the client of a configured queue is not installed.
 */
export async function createConsumers(config: Config, deps: ConsumingDeps): Promise<Consuming> {
  const { clock, logger } = deps;
  const { queuePrefetch: prefetch, queueLease: leaseMs } = config.settings;
  const options = { clock, logger, prefetch, leaseMs };
  const factories = await Promise.all(SOURCES.map((wanted) => wanted(options, config)));
  return createConsuming(
    factories.filter((factory) => factory !== undefined),
    deps,
  );
}

const rabbitmq: Wanted = async (options, { settings }) => {
  const { queueRabbitmqUrl: url, queueRabbitmqQueue: queue } = settings;
  if (url === undefined || queue === undefined) return undefined;
  const make = await loadRabbitmq();
  return () => make({ ...options, url, queue });
};

const kafka: Wanted = async (options, { settings }) => {
  const { queueKafkaBrokers: brokers, queueKafkaTopics: topics, queueKafkaGroup: group } = settings;
  if (brokers === undefined || topics === undefined || group === undefined) return undefined;
  const make = await loadKafka();
  const { queueKafkaUsername: username, queueKafkaPassword: password } = settings;
  const access = {
    isSecure: settings.queueKafkaTls,
    ...(username !== undefined &&
      password !== undefined && {
        sasl: { mechanism: settings.queueKafkaSasl, username, password },
      }),
  };
  return () => make({ ...options, ...access, brokers, topics, group });
};

const sqs: Wanted = async (options, { settings }) => {
  const { queueSqsUrl: url, queueSqsRegion: region, queueSqsEndpoint: endpoint } = settings;
  if (url === undefined || region === undefined) return undefined;
  const make = await loadSqs();
  return () => make({ ...options, url, region, ...(endpoint !== undefined && { endpoint }) });
};

const nats: Wanted = async (options, { settings }) => {
  const { queueNatsUrl: url, queueNatsStream: stream, queueNatsConsumer: consumer } = settings;
  if (url === undefined || stream === undefined || consumer === undefined) return undefined;
  const make = await loadNats();
  return () => make({ ...options, url, stream, consumer });
};

const redis: Wanted = async (options, { settings }) => {
  const { queueRedisUrl: url, queueRedisStream: stream, queueRedisGroup: group } = settings;
  if (url === undefined || stream === undefined || group === undefined) return undefined;
  const make = await loadRedisStreams();
  // Of this run: two processes of one name must not take each other's for their own.
  const member = `${settings.nodeName ?? hostname()}-${randomUUID().slice(0, 8)}`;
  return () => make({ ...options, url, stream, group, member });
};

const outbox: Wanted = async (options, { settings }) => {
  const { queueOutboxDatabaseUrl: given, queueOutboxTable: table } = settings;
  if (given === undefined || table === undefined) return undefined;
  const make = await loadOutbox();
  // SQLAlchemy's driver suffix means nothing to this client.
  const url = given.replace(/^([a-z]+)\+[a-z0-9_]+:/i, '$1:');
  return () => make({ ...options, url, table });
};

const SOURCES: readonly Wanted[] = [rabbitmq, kafka, sqs, nats, redis, outbox];
