/** A NATS that goes away, comes back, loses its data: nodes of the core on a real nats-server. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { ChannelEvent } from '../../../packages/protocol/src/publication.ts';
import { createNode } from '../../../packages/server/src/core/node.ts';
import type { Node } from '../../../packages/server/src/core/node.ts';
import type { PublishOptions } from '../../../packages/server/src/ports/broker.ts';
import type { Engine } from '../../../packages/server/src/ports/engine.ts';
import { startNats } from '../../../packages/testkit/src/servers/nats-server.ts';
import { checkHistory } from '../../../packages/testkit/src/simulation/history-checker.ts';
import type { Published } from '../../../packages/testkit/src/simulation/history-checker.ts';
import { createLineFormat } from '../../../packages/testkit/src/simulation/line-format.ts';
import { namespace, openPolicy } from '../../../packages/testkit/src/simulation/node-fixture.ts';
import { CoreClient } from './core-client.ts';
import { clock, logger, random, silentMetrics, startNode, useNats } from './nats-nodes.ts';

const HISTORY = { historySize: 5_000, historyTtlMs: 60_000 };
const CHANNELS = ['ev:a', 'ev:b'];
const CONSISTENT_WITHIN_MS = 5_000;

const nats = useNats();
const { closing } = nats;

async function engineOf(): Promise<Engine> {
  const engine = await startNode(nats.server.url, nats.prefix);
  closing.push(() => engine.close());
  return engine;
}

async function coreNode(): Promise<{ node: Node; engine: Engine }> {
  const engine = await engineOf();
  const { broker, presenceStore, controlBus, directory } = engine;
  const node = createNode({
    broker,
    presenceStore,
    controlBus,
    directory,
    clock,
    random,
    identity: { id: random.id(), name: 'test', version: '0.0.0', kind: 'combined' },
    policy: openPolicy(),
    namespaces: [namespace('ev', { ...HISTORY, canRecover: true })],
    logger,
    metrics: silentMetrics,
  });
  await node.start();
  closing.push(() => node.close());
  return { node, engine };
}

/** Publishes as the outbox does: the same again, with the same key, until it is saved. */
class Publishing {
  readonly published = new Map<string, Published[]>();
  failures = 0;
  #isStopped = false;
  readonly #done: Promise<unknown>;

  constructor(nodes: readonly Node[]) {
    this.#done = Promise.all(
      nodes.flatMap((node, index) => CHANNELS.map((channel) => this.#run(node, channel, index))),
    );
  }

  get count(): number {
    return [...this.published.values()].flat().length;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#done;
  }

  async #run(node: Node, channel: string, index: number): Promise<void> {
    for (let serial = 0; !this.#isStopped; serial += 1) {
      const data = `"${index}-${serial}"`;
      await this.#publish(node, channel, data);
      await pass(4);
    }
  }

  async #publish(node: Node, channel: string, data: string): Promise<void> {
    for (;;) {
      const outcome = await node.publish(channel, data, { idempotencyKey: data });
      const position = outcome.ok ? outcome.value.position : undefined;
      if (position !== undefined) {
        const published = this.published.get(channel) ?? [];
        this.published.set(channel, [...published, { ...position, data }]);
        return;
      }
      this.failures += 1;
      await pass(50);
    }
  }
}

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const until = (look: () => void | Promise<void>, timeout = 10_000): Promise<void> =>
  vi.waitFor(look, { timeout, interval: 10 });

const event = (data: string): ChannelEvent => ({ type: 'publication', publication: { data } });
const KEPT: PublishOptions = HISTORY;

describe('while NATS is away', () => {
  it('[DEL10] its own subscribers are served, publishing rejects, subscribing waits, questions are answered for this node', async () => {
    const engine = await engineOf();
    const { broker, controlBus, directory, healthChecks } = engine;
    const seen: string[] = [];
    let returns = 0;
    await broker.start({
      handleEvent(channel, each) {
        const { data = '', offset } = each.type === 'publication' ? each.publication : {};
        seen.push(`${channel} ${offset} ${data}`);
      },
      handleReconnected: () => (returns += 1),
    });
    await broker.subscribe('ev:a');
    await broker.publish('ev:a', event('1'), KEPT);
    await until(() => expect(seen).toEqual(['ev:a 1 1']));
    await nats.server.kill();
    await until(async () => {
      await expect(healthChecks[0]?.check()).rejects.toThrow();
    });
    const key = { idempotencyKey: 'k' };
    await expect(broker.publish('ev:a', event('2'), { ...KEPT, ...key })).rejects.toThrow('NATS');
    await expect(broker.publish('live:b', event('2'), {})).rejects.toThrow('NATS');
    await broker.subscribe('live:b');
    await expect(broker.publish('live:b', event('3'), key)).rejects.toThrow('NATS');
    await expect(broker.publish('live:b', event('3'), key)).rejects.toThrow('NATS');
    expect(seen.slice(1)).toEqual(['ev:a undefined 2', 'live:b undefined 3']);
    await expect(broker.history('ev:a', { limit: 0 })).rejects.toThrow('NATS');
    await expect(engine.tickets.issue({ user: 'ann' })).rejects.toThrow('NATS');
    await expect(engine.sharedRates?.exchange(new Map([['b', 1]]))).rejects.toThrow('NATS');
    expect(await engine.presenceStore.stats('ev:a')).toEqual({ clients: 0, users: 0 });
    expect(await directory.onlineAmong(['ann'])).toEqual(new Set());
    expect(await controlBus.survey({ type: 'node' }, 100)).toEqual([]);

    await nats.server.start();
    await until(() => expect(returns).toBe(1));
    await healthChecks[0]?.check();
    seen.length = 0;
    // Saved now, under its offset; what passes and was shown here already is not shown twice.
    await broker.publish('ev:a', event('2'), { ...KEPT, ...key });
    await broker.publish('live:b', event('3'), key);
    await broker.publish('live:b', event('4'), {});
    await until(() => expect(seen).toHaveLength(2));
    expect(seen.toSorted()).toEqual(['ev:a 2 2', 'live:b undefined 4']);
  });

  it('[CLU1] limits hold per node, and in the cluster again when it is back', async () => {
    const [one, two] = [await coreNode(), await coreNode()];
    const limit = { maxConnections: 1, policy: 'reject' } as const;
    const connection = (connectionId: string) => ({
      connectionId,
      user: 'ann',
      deviceType: 'desktop' as const,
      transport: 'websocket',
      protocol: 'native',
      connectedAt: Date.now(),
    });
    await nats.server.kill();
    await until(async () => {
      await expect(one.engine.healthChecks[0]?.check()).rejects.toThrow();
    });
    const entry = await one.engine.directory.enter(connection('c1'), limit);
    expect(entry).toEqual({ isAdmitted: true, evict: [] });
    await nats.server.start();
    await until(async () => {
      const later = await two.engine.directory.enter(connection('c2'), limit);
      if (later.isAdmitted) two.engine.directory.leave(connection('c2'));
      expect(later.isAdmitted).toBe(false);
    });
  });

  it('a NATS that stands still is noticed, and is used again when it goes on', async () => {
    const engine = await startNode(nats.server.url, nats.prefix, { pingIntervalMs: 200 });
    closing.push(() => engine.close());
    const seen: (number | undefined)[] = [];
    await engine.broker.start({
      handleEvent(_channel, each) {
        if (each.type === 'publication') seen.push(each.publication.offset);
      },
    });
    await engine.broker.subscribe('ev:a');
    nats.server.pause();
    try {
      await expect(engine.broker.publish('ev:a', event('1'), KEPT)).rejects.toThrow('NATS');
      expect(seen).toEqual([undefined]);
    } finally {
      nats.server.resume();
    }
    await until(async () => {
      await engine.broker.publish('ev:a', event('2'), { ...KEPT, idempotencyKey: '2' });
    });
    await until(async () => {
      const { position } = await engine.broker.history('ev:a', { limit: 0 });
      expect(seen.at(-1)).toBe(position.offset);
    });
  });

  it('a start gives up with a message that names the setting and the address, not the password', async () => {
    const limits = { connectTimeoutMs: 300 };
    const failed = startNode('nats://ann:secret@127.0.0.1:1', nats.prefix, limits);
    await expect(failed).rejects.toThrow(/^NATS_URL: no NATS server answers.*\(127\.0\.0\.1:1\)$/u);
    await expect(failed).rejects.not.toThrow('secret');
  });
});

it('credentials stand in the address, and wrong ones are told apart from a server that is away', async () => {
  const guarded = await startNats({ args: ['--user', 'ann', '--pass', 'p@ss'] });
  closing.push(() => guarded.stop());
  const at = (credentials: string): string => `nats://${credentials}@127.0.0.1:${guarded.port}`;
  const engine = await startNode(at('ann:p%40ss'), nats.prefix);
  await engine.healthChecks[0]?.check();
  await engine.close();
  await expect(startNode(at('ann:wrong'), nats.prefix)).rejects.toThrow(
    /^NATS_URL: NATS refuses the credentials/u,
  );
});

it('a NATS without JetStream is refused at the start', async () => {
  const plain = await startNats({ jetstream: false });
  closing.push(() => plain.stop());
  await expect(startNode(plain.url, nats.prefix)).rejects.toThrow('--jetstream');
});

it('a small disk gets smaller histories', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-nats-config-'));
  closing.push(() => rm(folder, { recursive: true }));
  const config = join(folder, 'nats.conf');
  await writeFile(config, `jetstream { max_mem: 40MB, max_file: 300MB }`);
  const small = await startNats({ args: ['--config', config] });
  closing.push(() => small.stop());
  const engine = await startNode(small.url, nats.prefix);
  closing.push(() => engine.close());
  await engine.broker.start({ handleEvent() {} });
  for (const channel of ['a:1', 'b:1', 'c:1', 'd:1']) {
    const result = await engine.broker.publish(channel, event('1'), KEPT);
    expect(result.position?.offset).toBe(1);
  }
});

describe('a NATS that is killed and begins again', () => {
  it('[REC6] ten times under publishing: every client sees everything once and in order, soon after the return', async () => {
    const nodes = [await coreNode(), await coreNode()];
    const format = createLineFormat();
    const clients = nodes.flatMap(({ node }) =>
      CHANNELS.map((channel) => ({
        channel,
        client: new CoreClient(node, { channel, format, user: 'ann' }),
      })),
    );
    await Promise.all(clients.map(({ client }, index) => client.start(`user${index}`)));
    const publishing = new Publishing(nodes.map(({ node }) => node));
    for (let restart = 0; restart < 10; restart += 1) {
      await pass(100);
      await nats.server.kill();
      await pass(100);
      await nats.server.start();
      const returnedAt = performance.now();
      const before = publishing.count;
      await until(() => {
        expect(publishing.count).toBeGreaterThan(before + 8);
        for (const { channel, client } of clients) {
          const newest = publishing.published.get(channel)?.at(-1)?.offset ?? 0;
          expect(client.position?.offset ?? 0).toBeGreaterThan(newest - 10);
        }
      });
      expect(performance.now() - returnedAt).toBeLessThan(CONSISTENT_WITHIN_MS);
    }
    await publishing.stop();
    expect(publishing.failures).toBeGreaterThan(0);
    for (const published of publishing.published.values()) {
      expect(new Set(published.map(({ epoch }) => epoch)).size).toBe(1);
    }
    for (const { channel, client } of clients) {
      const published = publishing.published.get(channel) ?? [];
      const end = published.reduce((one, two) => (one.offset > two.offset ? one : two));
      await until(() => expect(client.position).toEqual({ epoch: end.epoch, offset: end.offset }));
      expect(checkHistory(client.seen, published, { historySize: 5_000, end })).toEqual([]);
      expect(client.disconnects).toBe(0);
    }
  });

  it('[REC7] with an older state of its data: what was seen since is void, under a new epoch', async () => {
    const [one, two] = [await engineOf(), await engineOf()];
    for (const { broker } of [one, two]) await broker.start({ handleEvent() {} });
    await two.broker.subscribe('ev:a');
    const first = await one.broker.publish('ev:a', event('1'), KEPT);
    await two.broker.history('ev:a', { limit: 0 });
    const copy = await mkdtemp(join(tmpdir(), 'carillon-nats-copy-'));
    closing.push(() => rm(copy, { recursive: true }));
    await nats.server.kill('SIGTERM');
    await cp(nats.server.storeFolder, copy, { recursive: true });
    await nats.server.start();
    await until(async () => {
      const result = await one.broker.publish('ev:a', event('2'), KEPT);
      expect(result.position).toEqual({ ...first.position, offset: 2 });
    });
    await nats.server.kill();
    await rm(nats.server.storeFolder, { recursive: true });
    await cp(copy, nats.server.storeFolder, { recursive: true });
    await nats.server.start();
    const positions = await vi.waitFor(
      async () => [
        (await one.broker.history('ev:a', { limit: 0 })).position,
        (await two.broker.history('ev:a', { limit: 0 })).position,
      ],
      { timeout: 10_000 },
    );
    expect(positions[0]).toEqual(positions[1]);
    expect(positions[0]?.offset).toBe(1);
    expect(positions[0]?.epoch).not.toBe(first.position?.epoch);
    const next = await two.broker.publish('ev:a', event('3'), KEPT);
    expect(next.position).toEqual({ epoch: positions[0]?.epoch, offset: 2 });
    const page = await one.broker.history('ev:a', { limit: -1 });
    expect(page.publications).toEqual([{ data: '3', offset: 2 }]);
  });

  it('[REC7] with its data lost: a new epoch, the same for all nodes, and everybody goes on from there', async () => {
    const nodes = [await coreNode(), await coreNode()];
    const format = createLineFormat();
    const clients = nodes.map(
      ({ node }) => new CoreClient(node, { channel: 'ev:a', format, user: 'ann' }),
    );
    await Promise.all(clients.map((client, index) => client.start(`user${index}`)));
    const [first] = nodes;
    for (let index = 0; index < 5; index += 1) await first?.node.publish('ev:a', String(index));
    await until(() => {
      for (const client of clients) expect(client.position?.offset).toBe(5);
    });
    const epoch = clients[0]?.position?.epoch;
    await nats.server.restart({ keepData: false });
    const returnedAt = performance.now();
    await until(() => {
      for (const client of clients) expect(client.position?.epoch).not.toBe(epoch);
    });
    expect(performance.now() - returnedAt).toBeLessThan(CONSISTENT_WITHIN_MS);
    await until(async () => {
      expect((await first?.node.publish('ev:a', '"after"'))?.ok).toBe(true);
    });
    await until(() => {
      const [one, two] = clients;
      expect(one?.position).toEqual(two?.position);
      for (const { seen } of clients) expect(seen.at(-1)).toMatchObject({ data: '"after"' });
    });
  });
});
