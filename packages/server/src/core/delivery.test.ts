import { DISCONNECTS } from '@carillon/protocol';
import { describe, expect, it } from 'vitest';
import { createLineFormat } from '../../../testkit/src/simulation/line-format.ts';
import {
  createFaultyFixture,
  createNodeFixture,
  openPolicy,
} from '../../../testkit/src/simulation/node-fixture.ts';

const line = (channel: string, data: string): string => `{"channel":"${channel}","data":${data}}`;

describe('delivery', () => {
  it('[DEL1] a run is encoded once per format, however many subscribers', async () => {
    const { connect, node, clock, format } = await createNodeFixture();
    const plain = createLineFormat('plain');
    for (let index = 0; index < 20; index += 1) {
      await connect('ann').session.subscribe('ev:1', {});
      await connect('ann', {}, { format: plain }).session.subscribe('ev:1', {});
    }
    for (let index = 0; index < 10; index += 1) await node.publish('ev:1', String(index));
    await clock.settle();
    expect([format.encodes, plain.encodes]).toEqual([1, 1]);
  });

  it('[DEL1] a run with joins costs one encode more, for those who did not ask for them', async () => {
    const { connect, node, clock, format } = await createNodeFixture();
    const [quiet, eager] = [connect('ann'), connect('bob')];
    await quiet.session.subscribe('open:1', {});
    await eager.session.subscribe('open:1', { wantsJoinLeave: true });
    await clock.settle();
    const before = format.encodes;
    await node.publish('open:1', '1');
    const late = connect('cid');
    await late.session.subscribe('open:1', {});
    await clock.settle();
    expect(late.socket.lines).toEqual([]);
    expect(format.encodes - before).toBe(2);
    expect(quiet.socket.take()).toEqual([line('open:1', '1')]);
    expect(eager.socket.take()).toEqual([line('open:1', '1'), '{"channel":"open:1","join":"cid"}']);
  });

  it('[DEL2] a connection is written to once per tick, whatever happened in it', async () => {
    const { connect, node, clock } = await createNodeFixture();
    const client = connect('ann');
    for (const channel of ['live:1', 'live:2', 'live:3']) {
      await client.session.subscribe(channel, {});
    }
    client.session.send('a');
    for (const channel of ['live:1', 'live:2', 'live:3', 'live:1'])
      await node.publish(channel, '1');
    client.session.send('b');
    await clock.settle();
    expect(client.socket.writes).toHaveLength(1);
    expect(client.socket.lines).toHaveLength(6);
  });

  it('[DEL3] own messages leave before the publications of the same tick', async () => {
    const { connect, node, clock } = await createNodeFixture();
    const client = connect('ann');
    await client.session.subscribe('live:1', {});
    await node.publish('live:1', '1');
    client.session.send('reply');
    await clock.settle();
    expect(client.socket.lines).toEqual(['reply', line('live:1', '1')]);
  });

  it('[DEL3] also for a connection that does not keep up', async () => {
    const { connect, node, clock } = await createNodeFixture();
    const client = connect('ann');
    await client.session.subscribe('live:1', {});
    client.socket.answer = 'full';
    client.session.send('pause');
    await clock.settle();
    client.socket.take();
    client.socket.answer = 'sent';
    await node.publish('live:1', '1');
    client.session.send('reply');
    await clock.settle();
    client.session.handleDrain();
    expect(client.socket.take()).toEqual(['reply', line('live:1', '1')]);
  });

  it('[DEL4] all subscribers see one order', async () => {
    const { connect, clock } = await createNodeFixture();
    const clients = ['ann', 'bob', 'cid', 'dan'].map((user) => connect(user));
    for (const client of clients) await client.session.subscribe('ev:1', {});
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(
        clients.map((client, index) => client.session.publish('ev:1', `"${index}-${round}"`, {})),
      );
      if (round % 3 === 0) await clock.settle();
    }
    await clock.settle();
    const orders = new Set(clients.map((client) => client.socket.lines.join('\n')));
    expect(orders.size).toBe(1);
    expect(clients[0]?.socket.lines).toHaveLength(80);
  });

  it('[DEL5] an excluded user gets a publication neither live nor later', async () => {
    const { connect, node, clock } = await createNodeFixture();
    const [ann, annsPhone, bob] = [connect('ann'), connect('ann'), connect('bob')];
    const start = await ann.session.subscribe('ev:1', {});
    for (const client of [annsPhone, bob]) await client.session.subscribe('ev:1', {});
    await node.publish('ev:1', '1');
    await node.publish('ev:1', '2', { excludeUser: 'ann' });
    await clock.settle();
    await node.publish('ev:1', '3');
    await clock.settle();
    const seen = (client: typeof ann): string =>
      client.socket.lines.map((each) => /"data":(\d)/.exec(each)?.[1]).join('');
    expect([ann, annsPhone, bob].map(seen)).toEqual(['13', '13', '123']);
    const history = await ann.session.history('ev:1', { limit: -1 });
    expect(history.ok && history.value.publications.map((each) => each.data)).toEqual(['1', '3']);
    const from = start.ok ? start.value.position : undefined;
    const recovered = await connect('ann').session.subscribe(
      'ev:1',
      from === undefined ? {} : { recoverFrom: from },
    );
    expect(recovered).toMatchObject({ value: { hasRecovered: true, position: { offset: 3 } } });
    expect(recovered.ok && recovered.value.publications.map((each) => each.data)).toEqual([
      '1',
      '3',
    ]);
  });

  it('[DEL12] what waited for a late connection leaves before it is closed', async () => {
    const { connect, node, clock } = await createNodeFixture();
    const client = connect('ann');
    await client.session.subscribe('live:1', {});
    client.socket.answer = 'full';
    client.session.send('pause');
    await clock.settle();
    client.socket.take();
    await node.publish('live:1', '1');
    await clock.settle();
    expect(client.socket.take()).toEqual([]);
    client.session.disconnect(DISCONNECTS.shutdown);
    expect(client.socket.take()).toEqual([line('live:1', '1')]);
  });

  it('[DEL9] nothing of a channel is sent after an unsubscribe or a disconnect', async () => {
    const { connect, node, clock } = await createNodeFixture();
    const [left, gone] = [connect('ann'), connect('bob')];
    for (const client of [left, gone]) await client.session.subscribe('live:1', {});
    await node.publish('live:1', '1');
    left.session.unsubscribe('live:1');
    gone.session.disconnect({ code: 3503, reason: 'force disconnect' });
    await node.publish('live:1', '2');
    await clock.settle();
    expect(left.socket.lines).toEqual([]);
    expect(gone.socket.lines).toEqual([]);
    expect(left.session.unsubscribe('live:1').ok).toBe(true);
  });

  it('[DEL10] a broker that fails makes calls fail, and ends no session', async () => {
    const { connect, node, faulty, clock } = await createFaultyFixture();
    const { session } = connect('ann');
    faulty.failing.add('publish').add('history').add('subscribe').add('unsubscribe');
    expect(await node.publish('ev:1', '1')).toMatchObject({ error: 'internal' });
    expect(await session.publish('ev:1', '1', {})).toMatchObject({ error: 'internal' });
    expect(await session.subscribe('ev:1', {})).toMatchObject({ error: 'internal' });
    expect(await session.history('ev:1', { limit: 1 })).toMatchObject({ error: 'internal' });
    faulty.failing.clear();
    await clock.advance(5_000);
    expect((await session.subscribe('ev:1', {})).ok).toBe(true);
    await node.publish('ev:1', '1');
    await clock.settle();
    expect(session.state).toBe('ready');
  });

  it('[DEL10] nor does a domain that fails', async () => {
    const broken = (): Promise<never> => Promise.reject(new Error('the store is away'));
    const { connect, node } = await createNodeFixture({
      policy: openPolicy({ isMember: broken, handlePublish: broken }),
    });
    const { session } = connect('ann');
    expect(await session.subscribe('chat:1', {})).toMatchObject({ error: 'internal' });
    expect(await session.history('chat:1', { limit: 1 })).toMatchObject({ error: 'internal' });
    expect(await session.presence('chat:1')).toMatchObject({ error: 'internal' });
    expect(await session.publish('live:1', '1', {})).toMatchObject({ error: 'internal' });
    expect((await node.channels()).size).toBe(0);
    expect(session.state).toBe('ready');
  });

  it('[DEL11] deliveries are counted once per tick', async () => {
    const calls: [string, number][] = [];
    const metrics = {
      count: (name: string, amount: number) => calls.push([name, amount]),
      observe() {},
    };
    const { connect, node, clock } = await createNodeFixture({ metrics });
    for (let index = 0; index < 5; index += 1) await connect('ann').session.subscribe('ev:1', {});
    for (let index = 0; index < 4; index += 1) await node.publish('ev:1', '1');
    await clock.settle();
    expect(calls).toEqual([
      ['ws_deliveries_total', 20],
      ['ws_messages_sent_total', 20],
      ['ws_bytes_sent_total', expect.any(Number)],
    ]);
  });
});

describe('slow consumers', () => {
  it('[DEL6] a socket that asks for a pause gets nothing until it is ready, then everything in one write', async () => {
    const { connect, node, clock } = await createNodeFixture();
    const client = connect('ann');
    await client.session.subscribe('live:1', {});
    client.socket.answer = 'full';
    await node.publish('live:1', '1');
    await clock.settle();
    client.socket.answer = 'sent';
    for (const data of ['2', '3']) {
      await node.publish('live:1', data);
      await clock.settle();
    }
    expect(client.socket.writes).toHaveLength(1);
    client.session.handleDrain();
    expect(client.socket.writes[1]).toEqual([line('live:1', '2'), line('live:1', '3')]);
    await node.publish('live:1', '4');
    await clock.settle();
    expect(client.socket.writes[2]).toEqual([line('live:1', '4')]);
  });

  it('[DEL7] more than the limit waiting closes the connection with 3008, and only that one', async () => {
    const { connect, node, clock, counters } = await createNodeFixture();
    const [slow, quick] = [connect('ann'), connect('bob')];
    for (const client of [slow, quick]) await client.session.subscribe('ev:1', {});
    slow.socket.answer = 'full';
    const data = JSON.stringify('x'.repeat(60_000));
    for (let index = 0; index < 18; index += 1) {
      await node.publish('ev:1', data);
      await clock.settle();
      expect(slow.session.state).toBe('ready');
    }
    await node.publish('ev:1', data);
    await clock.settle();
    expect(slow.socket.closeFrame?.code).toBe(3008);
    expect(slow.socket.writes).toHaveLength(1);
    expect(quick.socket.writes).toHaveLength(19);
    expect(quick.session.state).toBe('ready');
    expect(counters.get('ws_slow_consumers_total disconnect')).toBe(1);
  });

  it("[DEL8] `latest` keeps only a channel's newest run, beside everything else", async () => {
    const { connect, node, clock, counters } = await createNodeFixture();
    const client = connect('ann');
    for (const channel of ['progress:1', 'progress:2', 'live:1']) {
      await client.session.subscribe(channel, {});
    }
    client.socket.answer = 'full';
    client.session.send('hello');
    await clock.settle();
    client.socket.answer = 'sent';
    client.socket.take();
    for (let step = 1; step <= 200; step += 1) {
      await node.publish('progress:1', String(step));
      if (step === 100) await node.publish('live:1', '"between"');
      if (step === 150) await node.publish('progress:2', '"other"');
      await clock.settle();
    }
    client.session.handleDrain();
    expect(client.socket.take()).toEqual([
      line('live:1', '"between"'),
      line('progress:2', '"other"'),
      line('progress:1', '200'),
    ]);
    expect(counters.get('ws_slow_consumers_total latest')).toBe(199);
  });

  it('[DEL8] however much a `latest` channel publishes, a waiting connection is not closed for it', async () => {
    const { connect, node, clock } = await createNodeFixture({ limits: { maxQueuedBytes: 2_000 } });
    const client = connect('ann');
    await client.session.subscribe('progress:1', {});
    client.socket.answer = 'full';
    for (let step = 1; step <= 100; step += 1) {
      await node.publish('progress:1', JSON.stringify('x'.repeat(500)));
      await clock.settle();
    }
    expect(client.session.state).toBe('ready');
  });
});
