/** The protocol on the wire, frame by frame: what an SDK never sends, and what it never shows. */
import { OPCODES, RawWebSocket, type RunningServer } from '@carillon/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callApi, startNativeServer } from './native-server.ts';

let server: RunningServer;
let token = '';
const open: Native[] = [];

beforeAll(async () => {
  server = await startNativeServer({ PING_INTERVAL: '2s', PONG_TIMEOUT: '1s', AUTH_TIMEOUT: '1s' });
  token = await server.token('alice');
});
afterEach(() => {
  for (const client of open.splice(0)) client.raw.destroy();
});
afterAll(() => server.stop());

/** A client that sends lines and reads replies one by one, answering pings only when told to. */
class Native {
  readonly raw: RawWebSocket;
  readonly #lines: string[] = [];

  private constructor(raw: RawWebSocket) {
    this.raw = raw;
  }

  static async open(): Promise<Native> {
    const client = new Native(await RawWebSocket.open(server.port, '/connection/websocket'));
    open.push(client);
    return client;
  }

  static async connected(): Promise<Native> {
    const client = await Native.open();
    client.send({ id: 1, connect: { token } });
    await client.reply();
    return client;
  }

  send(...commands: object[]): void {
    this.raw.sendText(commands.map((command) => JSON.stringify(command)).join('\n'));
  }

  /** The next line, pings left out. */
  async reply(): Promise<Record<string, unknown>> {
    for (;;) {
      const line = await this.line();
      if (line !== '{}') return JSON.parse(line) as Record<string, unknown>;
    }
  }

  async line(): Promise<string> {
    while (this.#lines.length === 0) this.#lines.push(...(await this.raw.text()).split('\n'));
    return this.#lines.shift() ?? '';
  }

  /** Lines of the next frame. */
  async frame(): Promise<Record<string, unknown>[]> {
    const text = await this.raw.text();
    return text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

const errorOf = (reply: Record<string, unknown>): unknown =>
  (reply['error'] as { code: number } | undefined)?.code;

describe('frames', () => {
  it('several commands in one frame are carried out in order, connect first', async () => {
    const client = await Native.open();
    client.send(
      { id: 1, connect: { token } },
      { id: 2, subscribe: { channel: 'news:batch' } },
      { id: 3, publish: { channel: 'news:batch', data: { n: 1 } } },
      { id: 4, unsubscribe: { channel: 'news:batch' } },
      { id: 5, subscribe: { channel: 'news:batch' } },
      { id: 6, history: { channel: 'news:batch', limit: 10 } },
    );
    const replies = [];
    while (replies.length < 6) {
      const reply = await client.reply();
      if ('id' in reply) replies.push(reply);
    }
    expect(new Set(replies.map(({ id }) => id))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect(replies.map(errorOf)).toEqual(Array.from({ length: 6 }));
    expect(replies[0]).toMatchObject({ id: 1, connect: { subs: { 'user:alice': {} } } });
  });

  it('several replies and pushes of one tick share a frame', async () => {
    const client = await Native.connected();
    client.send(...[2, 3, 4].map((id) => ({ id, presence: { channel: 'nowhere:1' } })));
    expect((await client.frame()).map(({ id }) => id)).toEqual([2, 3, 4]);
  });

  it('publications of one connection keep the order they were sent in', async () => {
    const [reader, writer] = [await Native.connected(), await Native.connected()];
    reader.send({ id: 2, subscribe: { channel: 'news:order' } });
    await reader.reply();
    for (let number = 1; number <= 200; number += 1) {
      writer.send({ id: number + 1, publish: { channel: 'news:order', data: number } });
    }
    const seen: unknown[] = [];
    while (seen.length < 200) {
      const { push } = (await reader.reply()) as {
        push: { pub: { data: number; offset: number } };
      };
      seen.push([push.pub.data, push.pub.offset]);
    }
    expect(seen).toEqual(Array.from({ length: 200 }, (_, index) => [index + 1, index + 1]));
  });

  it('a payload arrives as it was written, byte for byte', async () => {
    const client = await Native.connected();
    client.send({ id: 2, subscribe: { channel: 'news:bytes' } });
    await client.reply();
    const data = '{"n":12345678901234567890,"f":1.50,"s":"\\u00e9 é 鐘"}';
    client.raw.sendText(`{"id":3,"publish":{"channel":"news:bytes","data":${data}}}`);
    for (;;) {
      const line = await client.line();
      if (!line.includes('"pub"')) continue;
      expect(line).toContain(`"data":${data}`);
      return;
    }
  });

  it('a trailing line break and empty lines are nothing', async () => {
    const client = await Native.connected();
    client.raw.sendText('\n{"id":2,"ping":{}}\n\n');
    expect(await client.reply()).toEqual({ id: 2, ping: {} });
  });
});

describe('what cannot be understood', () => {
  it.each([
    ['{"id":7,', 400, 7],
    ['nonsense', 400, undefined],
    ['[{"id":7}]', 400, undefined],
    [`{"id":7,"rpc":{"method":"a","data":${'['.repeat(50)}${']'.repeat(50)}}}`, 403, 7],
    ['{"id":7,"dance":{}}', 104, 7],
    ['{"id":7,"subscribe":{"channel":5}}', 107, 7],
    ['{"id":7,"publish":{"channel":"news:1","data":{"__proto__":{"a":1}}}}', 107, 7],
    ['{"id":7,"subscribe":{"channel":"news:1","type":4}}', 108, 7],
  ])('%s gets a coded error, and the connection lives', async (text, code, id) => {
    const client = await Native.connected();
    client.raw.sendText(text);
    const reply = await client.reply();
    expect(errorOf(reply)).toBe(code);
    expect(reply['id']).toBe(id);
    client.send({ id: 8, ping: {} });
    expect(await client.reply()).toEqual({ id: 8, ping: {} });
  });

  it('ten times in a row closes with 3509, nine and a good one do not', async () => {
    const client = await Native.connected();
    for (let round = 0; round < 3; round += 1) {
      for (let index = 0; index < 9; index += 1) client.raw.sendText('nonsense');
      client.send({ id: 50 + round, ping: {} });
      for (let index = 0; index < 9; index += 1) expect(errorOf(await client.reply())).toBe(400);
      expect(await client.reply()).toEqual({ id: 50 + round, ping: {} });
    }
    for (let index = 0; index < 10; index += 1) client.raw.sendText('nonsense');
    expect(await client.raw.closeFrame()).toEqual({ code: 3509, reason: 'too many errors' });
  });

  it('before connect counts too', async () => {
    const client = await Native.open();
    for (let index = 0; index < 10; index += 1) client.raw.sendText('nonsense');
    expect(await client.raw.closeCode()).toBe(3509);
  });
});

describe('what breaks the protocol', () => {
  it.each([
    ['an empty frame', ['']],
    ['a frame of spaces', ['  \n ']],
    ['a command before connect', ['{"id":1,"subscribe":{"channel":"news:1"}}']],
    ['a message before connect', ['{"send":{"data":1}}']],
    ['a command without an id', ['{"connect":{}}']],
    ['id 0', ['{"id":0,"rpc":{"method":"a"}}']],
    ['a pong before connect', ['{}']],
  ])('%s closes with 3501', async (_name, texts) => {
    const client = await Native.open();
    for (const text of texts) client.raw.sendText(text);
    expect(await client.raw.closeFrame()).toEqual({ code: 3501, reason: 'bad request' });
  });

  it('a second connect closes with 3501, also while the first runs', async () => {
    const client = await Native.connected();
    client.send({ id: 2, connect: { token } });
    expect(await client.raw.closeCode()).toBe(3501);
    const other = await Native.open();
    other.send({ id: 1, connect: { token } }, { id: 2, connect: { token } });
    expect(await other.raw.closeCode()).toBe(3501);
  });

  it('what follows a refused connect closes with 3501, after the refusal', async () => {
    const client = await Native.open();
    client.send(
      { id: 1, connect: { token: await server.token('alice', {}, '-1m') } },
      { id: 2, ping: {} },
    );
    expect(errorOf(await client.reply())).toBe(109);
    expect(await client.raw.closeCode()).toBe(3501);
  });

  it('pongs that nobody asked for close with 3501', async () => {
    const client = await Native.connected();
    for (let index = 0; index < 20; index += 1) client.raw.sendText('{}');
    expect(await client.raw.closeCode()).toBe(3501);
  });

  it('binary closes with 3506', async () => {
    const client = await Native.connected();
    client.raw.send({ opcode: OPCODES.binary, payload: '{"id":2,"ping":{}}' });
    expect(await client.raw.closeCode()).toBe(3506);
  });

  it('more than 64 KB closes with 1009, invalid UTF-8 with 1007', async () => {
    const client = await Native.connected();
    client.raw.sendText(`{"id":2,"send":{"data":"${'x'.repeat(70_000)}"}}`);
    expect(await client.raw.closeCode()).toBe(1009);
    const other = await Native.connected();
    other.raw.send({ opcode: OPCODES.text, payload: Buffer.from([0x7b, 0xff, 0x7d]) });
    expect(await other.raw.closeCode()).toBe(1007);
  });
});

describe('time', () => {
  it('who never connects is closed with 3502', async () => {
    const client = await Native.open();
    expect(await client.raw.closeFrame()).toEqual({ code: 3502, reason: 'stale' });
  });

  it('who answers pings stays, who does not is closed with 3012', async () => {
    const [alive, deaf] = [await Native.connected(), await Native.connected()];
    const closed = deaf.raw.closeFrame();
    let pings = 0;
    while (pings < 3) {
      expect(await alive.line()).toBe('{}');
      pings += 1;
      alive.raw.sendText('{}');
    }
    expect(await closed).toEqual({ code: 3012, reason: 'no pong' });
    alive.send({ id: 2, ping: {} });
    expect(await alive.reply()).toEqual({ id: 2, ping: {} });
  });
});

describe('too much', () => {
  it('more commands than the rate allows are error 111, temporary, and the connection lives', async () => {
    const busy = await startNativeServer({ COMMAND_RATE: '20/10s' });
    try {
      const raw = await RawWebSocket.open(busy.port, '/connection/websocket');
      const connect = { id: 1, connect: { token: await busy.token('alice') } };
      raw.sendText(JSON.stringify(connect));
      await raw.text();
      const commands = Array.from({ length: 60 }, (_, index) => ({ id: index + 2, ping: {} }));
      raw.sendText(commands.map((command) => JSON.stringify(command)).join('\n'));
      const replies: Record<string, unknown>[] = [];
      while (replies.length < 60) {
        const lines = (await raw.text()).split('\n').filter((line) => line !== '{}');
        replies.push(...lines.map((line) => JSON.parse(line) as Record<string, unknown>));
      }
      const refused = replies.filter((reply) => errorOf(reply) === 111);
      expect(refused.length).toBeGreaterThanOrEqual(35);
      expect(refused[0]).toMatchObject({ error: { temporary: true } });
      raw.destroy();
    } finally {
      await busy.stop();
    }
  });

  it('one connection too many is closed with 3504', async () => {
    const small = await startNativeServer({ WS_MAX_CONNECTIONS_PER_USER: '1' });
    try {
      const connect = async (): Promise<RawWebSocket> => {
        const raw = await RawWebSocket.open(small.port, '/connection/websocket');
        raw.sendText(JSON.stringify({ id: 1, connect: { token: await small.token('alice') } }));
        return raw;
      };
      const first = await connect();
      expect(await first.text()).toContain('"connect"');
      const second = await connect();
      expect(await second.closeFrame()).toEqual({ code: 3504, reason: 'connection limit' });
      first.destroy();
    } finally {
      await small.stop();
    }
  });

  it('a shutdown says goodbye with 3001', async () => {
    const leaving = await startNativeServer();
    const raw = await RawWebSocket.open(leaving.port, '/connection/websocket');
    raw.sendText(JSON.stringify({ id: 1, connect: { token: await leaving.token('alice') } }));
    await raw.text();
    const closed = raw.closeFrame();
    const stopped = leaving.stop();
    expect(await closed).toEqual({ code: 3001, reason: 'shutdown' });
    raw.send({ opcode: OPCODES.close, payload: Buffer.from([0x0b, 0xb9]) });
    await stopped;
  });
});

describe('the backend', () => {
  it('may disconnect with a code of its own', async () => {
    const client = await Native.connected();
    const disconnect = { code: 4001, reason: 'bye' };
    await callApi(server, 'disconnect', { user: 'alice', disconnect });
    expect(await client.raw.closeFrame()).toEqual(disconnect);
  });
});
