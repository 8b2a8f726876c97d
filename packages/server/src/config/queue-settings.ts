/** Queues whose messages become procedures, one group of variables per technology; docs/queues.md. */
import { duration } from './duration.ts';
import { choice, flag, integer, list, text } from './setting-kinds.ts';
import { optional, setting } from './setting.ts';

export const QUEUE_SETTINGS = {
  queueRabbitmqUrl: optional({
    env: 'QUEUE_RABBITMQ_URL',
    kind: text,
    group: 'queues',
    isSecret: true,
    description: 'amqp://user:password@host:5672/vhost of a RabbitMQ to take messages from.',
  }),
  queueRabbitmqQueue: optional({
    env: 'QUEUE_RABBITMQ_QUEUE',
    kind: text,
    group: 'queues',
    description: 'Queue to read; made when it is not there. Dead letters: <queue>.dead.',
  }),
  queueKafkaBrokers: optional({
    env: 'QUEUE_KAFKA_BROKERS',
    kind: list,
    group: 'queues',
    description: 'host:port of Kafka brokers, separated by commas.',
  }),
  queueKafkaTopics: optional({
    env: 'QUEUE_KAFKA_TOPICS',
    kind: list,
    group: 'queues',
    description: 'Topics to read, separated by commas. Dead letters: <topic>.dead.',
  }),
  queueKafkaGroup: optional({
    env: 'QUEUE_KAFKA_GROUP',
    kind: text,
    group: 'queues',
    description: 'Consumer group that all workers of this installation share.',
  }),
  queueKafkaTls: setting({
    env: 'QUEUE_KAFKA_TLS',
    kind: flag,
    default: false,
    group: 'queues',
    description: 'Connect to the brokers with TLS.',
  }),
  queueKafkaSasl: setting({
    env: 'QUEUE_KAFKA_SASL',
    kind: choice(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']),
    default: 'SCRAM-SHA-512',
    group: 'queues',
    description: 'How QUEUE_KAFKA_USERNAME logs in.',
  }),
  queueKafkaUsername: optional({
    env: 'QUEUE_KAFKA_USERNAME',
    kind: text,
    group: 'queues',
    description: 'User at the brokers; none: no log-in.',
  }),
  queueKafkaPassword: optional({
    env: 'QUEUE_KAFKA_PASSWORD',
    kind: text,
    group: 'queues',
    isSecret: true,
    description: 'Password of QUEUE_KAFKA_USERNAME.',
  }),
  queueSqsUrl: optional({
    env: 'QUEUE_SQS_URL',
    kind: text,
    group: 'queues',
    description:
      'URL of an Amazon SQS queue with a RedrivePolicy. Credentials: as for every AWS SDK (AWS_ACCESS_KEY_ID, roles, profiles).',
  }),
  queueSqsRegion: optional({
    env: 'QUEUE_SQS_REGION',
    kind: text,
    group: 'queues',
    description: 'Region of QUEUE_SQS_URL.',
  }),
  queueSqsEndpoint: optional({
    env: 'QUEUE_SQS_ENDPOINT',
    kind: text,
    group: 'queues',
    description: 'Where requests go, when that is not the host of QUEUE_SQS_URL.',
  }),
  queueNatsUrl: optional({
    env: 'QUEUE_NATS_URL',
    kind: text,
    group: 'queues',
    isSecret: true,
    description: 'nats://[user:password@]host:4222 of a NATS server with JetStream.',
  }),
  queueNatsStream: optional({
    env: 'QUEUE_NATS_STREAM',
    kind: text,
    group: 'queues',
    description: 'Stream to read; it must exist. Dead letters: stream <stream>_DEAD.',
  }),
  queueNatsConsumer: optional({
    env: 'QUEUE_NATS_CONSUMER',
    kind: text,
    group: 'queues',
    description: 'Durable pull consumer that all workers share; made when it is not there.',
  }),
  queueRedisUrl: optional({
    env: 'QUEUE_REDIS_URL',
    kind: text,
    group: 'queues',
    isSecret: true,
    description: 'redis://[user:password@]host:6379[/database] of a Redis with the stream.',
  }),
  queueRedisStream: optional({
    env: 'QUEUE_REDIS_STREAM',
    kind: text,
    group: 'queues',
    description: 'Stream to read; made when it is not there. Dead letters: <stream>:dead.',
  }),
  queueRedisGroup: optional({
    env: 'QUEUE_REDIS_GROUP',
    kind: text,
    group: 'queues',
    description: 'Consumer group that all workers share; made when it is not there.',
  }),
  queueOutboxDatabaseUrl: optional({
    env: 'QUEUE_OUTBOX_DATABASE_URL',
    kind: text,
    group: 'queues',
    isSecret: true,
    description: 'postgresql://… of the database with the application’s outbox table.',
  }),
  queueOutboxTable: optional({
    env: 'QUEUE_OUTBOX_TABLE',
    kind: text,
    group: 'queues',
    description: 'Outbox table, as docs/queues.md makes it: table or schema.table.',
  }),
  queuePrefetch: setting({
    env: 'QUEUE_PREFETCH',
    kind: integer({ min: 1, max: 10_000 }),
    default: 256,
    group: 'queues',
    description: 'Messages of one queue that are taken and not yet answered, at most.',
  }),
  queueLease: setting({
    env: 'QUEUE_LEASE',
    kind: duration({ min: '1s', max: '1h' }),
    default: 30_000,
    group: 'queues',
    description:
      'How long a worker that died keeps what it had from others. RabbitMQ notices by itself; Kafka takes it as session timeout (its brokers want at least 6s).',
  }),
} as const;
