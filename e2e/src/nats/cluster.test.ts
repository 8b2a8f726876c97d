/** Several nodes on one nats-server: one order, one offset, one answer for all. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '@nats-io/transport-node';
import type { ChannelEvent } from '../../../packages/protocol/src/publication.ts';
import type { PublishOptions } from '../../../packages/server/src/ports/broker.ts';
import type { Engine } from '../../../packages/server/src/ports/engine.ts';
import { startCutProxy } from '../native/cut-proxy.ts';
import type { CutProxy } from '../native/cut-proxy.ts';
import { startNode, useNats } from './nats-nodes.ts';

const KEPT: PublishOptions = { historySize: 1_000, historyTtlMs: 60_000 };
const event = (data: string): ChannelEvent => ({ type: 'publication', publication: { data } });

interface Listening {
  readonly engine: Engine;
  /** `offset data` of what came in. */
  readonly seen: string[];
}

const nats = useNats();
const { closing } = nats;

async function listening(channel: string, url = nats.server.url): Promise<Listening> {
  const engine = await startNode(url, nats.prefix);
  closing.push(() => engine.close());
  const seen: string[] = [];
  await engine.broker.start({
    handleEvent(_channel, each) {
      if (each.type !== 'publication') return;
      seen.push(`${each.publication.offset} ${each.publication.data}`);
    },
  });
  await engine.broker.subscribe(channel);
  return { engine, seen };
}

const until = (look: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(look, { timeout: 10_000, interval: 10 });

describe('several nodes on NATS', () => {
  it('three that publish at once make one sequence without holes, in the same order for all', async () => {
    const nodes = [await listening('hot'), await listening('hot'), await listening('hot')];
    const positions = await Promise.all(
      nodes.flatMap(({ engine }, node) =>
        Array.from({ length: 200 }, (_, index) =>
          engine.broker.publish('hot', event(`"${node}-${index}"`), KEPT),
        ),
      ),
    );
    const offsets = positions.map(({ position }) => position?.offset ?? 0);
    expect(offsets.toSorted((one, two) => one - two)).toEqual(
      Array.from({ length: 600 }, (_, index) => index + 1),
    );
    await until(() => {
      for (const { seen } of nodes) expect(seen).toHaveLength(600);
    });
    const [first = { seen: [] }, ...others] = nodes;
    for (const { seen } of others) expect(seen).toEqual(first.seen);
    expect(first.seen.map((line) => Number(line.split(' ')[0]))).toEqual(
      Array.from({ length: 600 }, (_, index) => index + 1),
    );
    for (const node of [0, 1, 2]) {
      const own = first.seen.filter((line) => line.includes(`"${node}-`));
      const order = own.map((line) => Number(/-(\d+)/u.exec(line)?.[1]));
      expect(order).toEqual(Array.from({ length: 200 }, (_, index) => index));
    }
    const page = await nodes[1]?.engine.broker.history('hot', { limit: -1 });
    expect(page?.publications.map(({ offset, data }) => `${offset} ${data}`)).toEqual(first.seen);
  });

  it('three that publish one by one with keys, against each other, lose and repeat nothing', async () => {
    const nodes = [await listening('hot'), await listening('hot'), await listening('hot')];
    await Promise.all(
      nodes.map(async ({ engine }) => {
        for (let index = 0; index < 40; index += 1) {
          const options = { ...KEPT, idempotencyKey: `k${index}` };
          await engine.broker.publish('hot', event(String(index)), options);
        }
      }),
    );
    const expected = Array.from({ length: 40 }, (_, index) => `${index + 1} ${index}`);
    await until(() => {
      for (const { seen } of nodes) expect(seen).toHaveLength(40);
    });
    for (const { seen } of nodes) expect(seen).toEqual(expected);
  });

  it('a key is recognised on every node, also where nothing is kept', async () => {
    const [one, two] = [await listening('news'), await listening('news')];
    const key = { idempotencyKey: 'k' };
    expect(await one.engine.broker.publish('news', event('1'), key)).toEqual({ duplicate: false });
    expect(await two.engine.broker.publish('news', event('2'), key)).toEqual({ duplicate: true });
    await two.engine.broker.publish('news', event('3'), {});
    await until(() => {
      for (const { seen } of [one, two]) expect(seen).toEqual(['undefined 1', 'undefined 3']);
    });
  });

  it('any channel name is a name of its own', async () => {
    const { engine } = await listening('x');
    const seen: string[] = [];
    const names = [
      'a.b',
      'a b',
      'a=2eb',
      '*',
      '>',
      'a.*',
      'ä',
      '日本',
      ':',
      'chat:a.b',
      'chat:>',
      '😀',
    ];
    await engine.broker.start({ handleEvent: (channel) => seen.push(channel) });
    for (const name of names) await engine.broker.subscribe(name);
    for (const name of names) await engine.broker.publish(name, event('1'), KEPT);
    for (const name of names) await engine.broker.publish(name, event('2'), {});
    await until(() => expect(seen).toEqual([...names, ...names]));
    for (const name of names) {
      const { position } = await engine.broker.history(name, { limit: 0 });
      expect(position.offset).toBe(1);
    }
  });

  it('[REC12] a long history is read whole or in part, and is never longer than was asked for', async () => {
    const { engine } = await listening('long');
    for (let index = 1; index <= 130; index += 1) {
      await engine.broker.publish('long', event(String(index)), { ...KEPT, historySize: 100 });
    }
    const { position, publications } = await engine.broker.history('long', { limit: -1 });
    expect(publications.map(({ offset }) => offset)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 31),
    );
    const since = { ...position, offset: 87 };
    const part = await engine.broker.history('long', { limit: -1, since });
    expect(part.publications.map(({ data }) => Number(data))).toEqual(
      Array.from({ length: 43 }, (_, index) => index + 88),
    );
  });

  it('[REC12] a position lasts while somebody looks at it, and not for ever where nobody does', async () => {
    const { broker } = await startNode(nats.server.url, nats.prefix, { positionTtlMs: 800 }).then(
      (engine) => {
        closing.push(() => engine.close());
        return engine;
      },
    );
    const options = { historySize: 10, historyTtlMs: 100 };
    const watched = await broker.publish('ev:watched', event('1'), options);
    const left = await broker.publish('ev:left', event('1'), options);
    for (let look = 0; look < 10; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      const { position } = await broker.history('ev:watched', { limit: 0 });
      expect(position).toEqual(watched.position);
    }
    await until(async () => {
      const { position } = await broker.history('ev:left', { limit: 0 });
      expect(position.epoch).not.toBe(left.position?.epoch);
    });
  });

  it('one process holds one connection, whatever the number of its channels and clients', async () => {
    const sockets = (): number =>
      process.getActiveResourcesInfo().filter((each) => each === 'TCPSocketWrap').length;
    const { engine, seen } = await listening('c0');
    const alone = sockets();
    await Promise.all(
      Array.from({ length: 5_000 }, async (_, index) => {
        await engine.broker.subscribe(`c${index}`);
        await engine.presenceStore.add(`c${index}`, { user: `u${index}`, client: `${index}` });
      }),
    );
    await engine.broker.publish('c4999', event('1'), {});
    await until(() => expect(seen).toHaveLength(1));
    expect(sockets()).toBeLessThanOrEqual(alone);
  });

  it('`notifications.<user>` from any program comes in once in the whole cluster', async () => {
    const seen: string[] = [];
    for (const node of ['one', 'two']) {
      const { engine } = await listening(node);
      await engine.externalEvents?.start((user, json) => {
        seen.push(`${user} ${json}`);
        return Promise.resolve();
      });
    }
    const program = await connect({ servers: nats.server.url });
    closing.push(() => program.close());
    const broadcasts: string[] = [];
    program.subscribe('ws.broadcast', {
      callback: (_error, message) => void broadcasts.push(message.string()),
    });
    program.publish('notifications.alice', '{"title":"Hello"}');
    program.publish('notifications.bob.b', '{}');
    program.publish('notifications.ann%20b', '{}');
    await program.flush();
    await until(() => expect(seen).toHaveLength(3));
    expect(seen.toSorted()).toEqual(['alice {"title":"Hello"}', 'ann b {}', 'bob.b {}']);
    const { engine } = await listening('three');
    await engine.externalEvents?.announceBroadcast('{"a":1}');
    await until(() => expect(broadcasts).toEqual(['{"a":1}']));
  });

  describe('presence', () => {
    let proxy: CutProxy;
    beforeEach(async () => {
      proxy = await startCutProxy(nats.server.port);
      closing.push(() => proxy.close());
    });

    it('[CLU2] all nodes count all members; those of a node whose connection ended are gone at once', async () => {
      const here = await listening('room');
      const there = await listening('room', proxy.wsUrl.replace('ws:', 'nats:'));
      const [one, two] = [here.engine.presenceStore, there.engine.presenceStore];
      await one.add('room', { user: 'ann', client: 'c1' });
      await two.add('room', { user: 'ann', client: 'c2' });
      await two.add('room', { user: 'bob', client: 'c3', connInfo: '{"n":1}' });
      for (const store of [one, two]) {
        expect(await store.stats('room')).toEqual({ clients: 3, users: 2 });
        const clients = (await store.list('room')).map(({ client }) => client);
        expect(clients.toSorted()).toEqual(['c1', 'c2', 'c3']);
      }
      proxy.cut();
      await until(async () => {
        expect(await one.stats('room')).toEqual({ clients: 1, users: 1 });
      });
      expect(await two.stats('room')).toEqual({ clients: 2, users: 2 });
      proxy.mend();
      await until(async () => {
        expect(await one.stats('room')).toEqual({ clients: 3, users: 2 });
      });
    });

    it('many members come in parts', async () => {
      const [here, there] = [await listening('room'), await listening('room')];
      const info = JSON.stringify({ about: 'ä'.repeat(500) });
      for (let index = 0; index < 3_000; index += 1) {
        const client = { user: `u${index}`, client: `c${index}`, connInfo: info };
        await there.engine.presenceStore.add('room', client);
      }
      const list = await here.engine.presenceStore.list('room');
      expect(new Set(list.map(({ client }) => client)).size).toBe(3_000);
      expect(await here.engine.presenceStore.stats('room')).toEqual({
        clients: 3_000,
        users: 3_000,
      });
    });
  });
});
