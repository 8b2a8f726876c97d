import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Logger } from '../../ports/logger.ts';
import { WorkerClient } from './worker-client.ts';

/** Ends in the middle of its first group when no earlier thread left a mark; then answers. */
const FRAGILE_THREAD = `
  import { existsSync, writeFileSync } from 'node:fs';
  import { parentPort, workerData } from 'node:worker_threads';
  const isSecond = existsSync(workerData.path);
  writeFileSync(workerData.path, '');
  parentPort.postMessage({ type: 'opened', applied: [] });
  parentPort.on('message', (message) => {
    if (message.type === 'close') return parentPort.close();
    if (!isSecond) throw new Error('struck by lightning');
    const answers = message.calls.map(({ name }) => ['done', name]);
    parentPort.postMessage({ type: 'answers', answers });
  });
`;

let directory: string;
let client: WorkerClient;
let restarted: Promise<void>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carillon-thread-'));
  const thread = join(directory, 'thread.mjs');
  await writeFile(thread, FRAGILE_THREAD);
  let isRestarted = (): void => undefined;
  restarted = new Promise((resolve) => {
    isRestarted = resolve;
  });
  const logger: Logger = {
    debug: () => undefined,
    info: (_, text) => {
      if (text.includes('started again')) isRestarted();
    },
    warn: () => undefined,
    error: () => undefined,
    child: () => logger,
  };
  client = new WorkerClient({
    path: join(directory, 'mark'),
    logger,
    clock: { now: () => 0 },
    maxInFlight: 10,
    writerLeaseMs: 0,
    threadUrl: pathToFileURL(thread),
  });
});

afterEach(async () => {
  await client.close();
  await rm(directory, { recursive: true, force: true });
});

it('a thread that ends fails what is in flight with a coded error, and another takes over', async () => {
  await client.start();
  const inFlight = [client.call('counts', 'ann'), client.call('getTask', 't')];
  for (const result of await Promise.allSettled(inFlight)) {
    expect(result).toMatchObject({ reason: { name: 'StoreUnavailableError' } });
  }
  await expect(client.call('counts', 'ann')).rejects.toMatchObject({
    name: 'StoreUnavailableError',
    message: expect.stringContaining('being restarted'),
  });
  await restarted;
  await expect(client.call('counts', 'ann')).resolves.toBe('counts');
});

it('a close while no thread runs ends the attempts to start one', async () => {
  await client.start();
  await expect(client.call('counts', 'ann')).rejects.toThrow(/ended/);
  await client.close();
  await expect(client.call('counts', 'ann')).rejects.toThrow(/closed/);
});
