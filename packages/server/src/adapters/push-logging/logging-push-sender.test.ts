import { expect, it } from 'vitest';
import type { Logger } from '../../ports/logger.ts';
import { createLoggingPushSender } from './logging-push-sender.ts';

interface Line {
  readonly level: string;
  readonly fields: object;
}

function recordingLogger(lines: Line[]): Logger {
  const at = (level: string) => (fields: object) => void lines.push({ level, fields });
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return logger;
}

it('tells who would be pushed what and why, without the message itself', async () => {
  const lines: Line[] = [];
  const sender = createLoggingPushSender({ logger: recordingLogger(lines) });
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
