/** Each queue is set up whole or not at all. */
import { databaseKind } from './database-url.ts';
import { QUEUE_SETTINGS } from './queue-settings.ts';
import type { Settings } from './settings.ts';

interface Together {
  /** Whose presence says that the queue is wanted. */
  readonly first: keyof typeof QUEUE_SETTINGS;
  readonly others: readonly (keyof typeof QUEUE_SETTINGS)[];
}

const TOGETHER: readonly Together[] = [
  { first: 'queueRabbitmqUrl', others: ['queueRabbitmqQueue'] },
  { first: 'queueKafkaBrokers', others: ['queueKafkaTopics', 'queueKafkaGroup'] },
  { first: 'queueKafkaUsername', others: ['queueKafkaPassword'] },
  { first: 'queueSqsUrl', others: ['queueSqsRegion'] },
  { first: 'queueNatsUrl', others: ['queueNatsStream', 'queueNatsConsumer'] },
  { first: 'queueRedisUrl', others: ['queueRedisStream', 'queueRedisGroup'] },
  { first: 'queueOutboxDatabaseUrl', others: ['queueOutboxTable'] },
];

const isSet = (value: unknown): boolean =>
  value !== undefined && (!Array.isArray(value) || value.length > 0);

/** Half a queue stops the start: nobody would notice that it is not read. */
export function checkQueues(settings: Settings, problems: string[]): void {
  for (const { first, others } of TOGETHER) {
    const names = [first, ...others];
    const missing = names.filter((name) => !isSet(settings[name]));
    if (missing.length === 0 || missing.length === names.length) continue;
    const [given] = names.filter((name) => isSet(settings[name]));
    problems.push(
      `${missing.map((name) => QUEUE_SETTINGS[name].env).join(', ')}: needed with ${QUEUE_SETTINGS[given ?? first].env}`,
    );
  }
  const { queueOutboxDatabaseUrl: url } = settings;
  if (url !== undefined && databaseKind(url) !== 'postgresql') {
    problems.push('QUEUE_OUTBOX_DATABASE_URL: not understood; expected postgresql://…');
  }
}
