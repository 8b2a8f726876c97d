/** What happens when nothing more can be saved, and when it can again. */
import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Logger } from '../../../packages/server/src/ports/logger.ts';
import type { Store } from '../../../packages/server/src/ports/store.ts';
import { openSqliteStore } from '../../../packages/server/src/adapters/store-sql/sqlite-store.ts';
import { apiClients } from '../http/api-client.ts';
import { DISK_KINDS } from './small-disk.ts';
import type { SmallDisk } from './small-disk.ts';

/** "Heals within five seconds after space returns"; the rest is for busy test machines. */
const HEALING = { timeout: 10_000, interval: 50 };

const lines: string[] = [];
const logger: Logger = {
  debug: () => undefined,
  info: (_, message) => void lines.push(message),
  warn: () => undefined,
  error: (fields, message) => void lines.push(`${message} ${JSON.stringify(fields)}`),
  child: () => logger,
};

describe.each(DISK_KINDS)('$name', ({ make }) => {
  let disk: SmallDisk;

  beforeEach(() => {
    disk = make();
    lines.length = 0;
  });

  afterEach(() => disk.remove());

  describe('under a store', () => {
    let store: Store;
    let conversationId: string;

    beforeEach(async () => {
      const path = join(disk.path, 'test.db');
      store = await openSqliteStore({ path, logger, clock: { now: () => Date.now() } });
      const made = await store.chat.createConversation({ kind: 'group', members: ['ann'] });
      conversationId = made.conversation.id;
    });

    afterEach(() => store.close());

    const send = (clientId: string) =>
      store.chat.appendMessage({
        conversationId,
        sender: 'ann',
        clientId,
        kind: 'text',
        content: 'x'.repeat(3000),
        pushTo: [],
      });

    it('saving is refused with a coded error, reading goes on, and it heals by itself', async () => {
      const sent: string[] = [];
      for (let n = 0; n < 20; n++) {
        await send(`before-${n}`);
        sent.push(`before-${n}`);
      }
      await disk.fill(process.pid);
      await expect(sendUntilRefused(sent)).rejects.toMatchObject({
        name: 'StoreUnavailableError',
        message: expect.stringMatching(/disk full|input\/output error/),
      });
      await expect(store.ping()).rejects.toMatchObject({ name: 'StoreUnavailableError' });
      expect(await storedIds()).toEqual(sent);
      expect(lines).toContainEqual(expect.stringContaining('the database cannot save'));

      disk.free(process.pid);
      await vi.waitFor(() => store.ping(), HEALING);
      expect(lines).toContain('the database saves again');
      await send('after');
      expect(await storedIds()).toEqual([...sent, 'after']);
      const seqs = (await store.chat.listMessages(conversationId, { limit: 1e6 })).map(
        ({ seq }) => seq,
      );
      expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    });

    async function sendUntilRefused(sent: string[]): Promise<void> {
      for (let n = 0; ; n++) {
        await send(`full-${n}`);
        sent.push(`full-${n}`);
      }
    }

    async function storedIds(): Promise<string[]> {
      const messages = await store.chat.listMessages(conversationId, { limit: 1e6 });
      return messages.map(({ clientId }) => clientId);
    }
  });

  describe('under a server', () => {
    let server: RunningServer;

    beforeEach(async () => {
      server = await startServer({ dataDir: disk.path });
    });

    afterEach(() => server.stop());

    it('acknowledgements stop, readiness turns red, live channels go on, and it heals', async () => {
      const { backend, nobody } = apiClients(server);
      const conversation = { kind: 'group', members: ['ann', 'bob'] };
      const { body } = await backend('POST', '/api/v1/conversations', conversation);
      const send = (n: number) =>
        backend('POST', `/api/v1/conversations/${String(body['id'])}/messages`, {
          clientId: `c${n}`,
          content: 'x'.repeat(3000),
          sender: 'ann',
        });
      expect((await send(0)).status).toBe(201);

      await disk.fill(server.pid);
      let refused = await send(1);
      for (let n = 2; refused.status === 201; n++) refused = await send(n);
      expect(refused).toMatchObject({ status: 503, body: { code: 420 } });
      expect((await nobody('GET', '/ready')).status).toBe(503);
      expect((await nobody('GET', '/health')).status).toBe(200);
      const publication = { channel: 'user:ann', data: { text: 'still here' } };
      const published = await backend('POST', '/api/publish', publication);
      expect(published).toMatchObject({ status: 200, body: { result: {} } });

      disk.free(server.pid);
      await vi.waitFor(async () => {
        expect((await nobody('GET', '/ready')).status).toBe(200);
      }, HEALING);
      expect((await send(1_000_000)).status).toBe(201);
    });
  });
});
