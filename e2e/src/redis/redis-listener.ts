/** Another program that listens to Redis and knows nothing of ours: redis-cli. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface RedisListener {
  /** The first `count` messages, as soon as there are so many; each is JSON on one line. */
  messages(count: number): Promise<readonly unknown[]>;
  close(): void;
}

/** Resolves when it is subscribed. */
export async function listenTo(port: number, channel: string): Promise<RedisListener> {
  const server = process.env['REDIS_SERVER_PATH'];
  const program = server === undefined ? 'redis-cli' : join(dirname(server), 'redis-cli');
  const child = spawn(program, ['-p', String(port), 'SUBSCRIBE', channel]);
  const heard: unknown[] = [];
  const subscribed = Promise.withResolvers<void>();
  let wake = (): void => undefined;
  child.once('error', subscribed.reject);
  createInterface(child.stdout).on('line', (line) => {
    if (line.includes(channel)) subscribed.resolve();
    if (!line.startsWith('{')) return;
    heard.push(JSON.parse(line));
    wake();
  });
  await subscribed.promise;
  return {
    async messages(count) {
      while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return heard;
    },
    close: () => void child.kill(),
  };
}
