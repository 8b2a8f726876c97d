import { expect, it } from 'vitest';
import { createRecordingLogger, type LogLine } from '../../../../testkit/src/recording-logger.ts';
import { createLoggingPushSender } from './logging-push-sender.ts';

it('tells who would be pushed what and why, without the message itself', async () => {
  const lines: LogLine[] = [];
  const logger = createRecordingLogger((line) => lines.push(line));
  const sender = createLoggingPushSender({ logger });
  const result = await sender.send({
    id: 'message-1-bob',
    user: 'bob',
    title: 'alice',
    body: 'my diagnosis is private',
    createdAt: 0,
  });
  expect(result).toEqual({ type: 'delivered' });
  expect(lines[0]).toMatchObject({
    level: 'info',
    fields: { id: 'message-1-bob', user: 'bob', title: 'alice', why: 'user is away' },
  });
  expect(JSON.stringify(lines)).not.toContain('diagnosis');
});
