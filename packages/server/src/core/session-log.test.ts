import { describe, expect, it } from 'vitest';
import { createNodeFixture, silentLogger } from '../../../testkit/src/simulation/node-fixture.ts';
import type { Logger } from '../ports/logger.ts';

interface Line {
  readonly level: 'debug' | 'info';
  readonly message: string;
  readonly fields: object;
}

const openNode = async () => {
  const lines: Line[] = [];
  const record = (level: Line['level']) => (fields: object, message: string) =>
    void lines.push({ level, message, fields });
  const logger: Logger = { ...silentLogger(), debug: record('debug'), info: record('info') };
  const fixture = await createNodeFixture({ logger });
  const infos = () => lines.filter(({ level }) => level === 'info');
  const debugs = () => lines.filter(({ level }) => level === 'debug');
  return { ...fixture, infos, debugs };
};

describe('the log of a connection', () => {
  it('a connection that becomes ready is one INFO line', async () => {
    const { connect, infos } = await openNode();
    const { session } = connect('ann');
    expect(infos()).toEqual([
      {
        level: 'info',
        message: 'connected',
        fields: {
          connection: session.id,
          user: 'ann',
          protocol: 'native',
          transport: 'websocket',
          remoteAddress: '127.0.0.1',
          deviceType: 'desktop',
        },
      },
    ]);
  });

  it('its end is one more, with how long it lasted and the close frame the server sent', async () => {
    const { connect, clock, infos } = await openNode();
    const { session } = connect('ann');
    await clock.advance(1_500);
    session.disconnect({ code: 3503, reason: 'force disconnect' });
    session.handleClosed(true, 3503);
    expect(infos().slice(1)).toEqual([
      {
        level: 'info',
        message: 'disconnected',
        fields: {
          connection: session.id,
          user: 'ann',
          protocol: 'native',
          durationMs: 1_500,
          code: 3503,
          reason: 'force disconnect',
        },
      },
    ]);
  });

  it('a client that says goodbye is logged with its code, one that breaks off as lost', async () => {
    const { connect, infos } = await openNode();
    connect('ann').session.handleClosed(true, 1000);
    connect('bob').session.handleClosed(false, 1006);
    connect('cid').session.handleClosed(false);
    expect(infos().filter(({ message }) => message === 'disconnected')).toMatchObject([
      { fields: { user: 'ann', code: 1000 } },
      { fields: { user: 'bob', close: 'lost' } },
      { fields: { user: 'cid', close: 'lost' } },
    ]);
  });

  it('who never became ready leaves no line', async () => {
    const { open, infos } = await openNode();
    open().session.handleClosed(false, 1006);
    open().session.disconnect({ code: 3501, reason: 'bad request' });
    expect(infos()).toEqual([]);
  });

  it('routing is told at DEBUG: who enters and leaves a channel, and what goes to how many', async () => {
    const { connect, node, clock, debugs } = await openNode();
    const { session } = connect('ann');
    await session.subscribe('ev:1', {});
    await node.publish('ev:1', '{"secret":1}');
    await clock.settle();
    session.unsubscribe('ev:1');
    expect(debugs()).toMatchObject([
      { message: 'subscribed', fields: { connection: session.id, user: 'ann', channel: 'ev:1' } },
      { message: 'routed', fields: { channel: 'ev:1', type: 'publication', subscribers: 1 } },
      { message: 'unsubscribed', fields: { user: 'ann', channel: 'ev:1' } },
    ]);
    expect(JSON.stringify(debugs())).not.toContain('secret');
  });
});
