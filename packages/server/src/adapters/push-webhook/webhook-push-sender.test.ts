import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  isGenuine,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../../../../testkit/src/webhook-receiver.ts';
import type { Push, PushResult, PushSender } from '../../ports/push-sender.ts';
import { createGuardedLookup, RefusedAddressError, type ResolveAll } from './guarded-lookup.ts';
import { createWebhookPushSender } from './webhook-push-sender.ts';

const SECRET = 'a secret of more than thirty-two bytes';
const clock = { now: () => Date.now() };
const lines: object[] = [];
const logger = {
  info: (fields: object, message: string) => void lines.push({ message, ...fields }),
};

const push = (more: Partial<Push> = {}): Push => ({
  id: 'message-1-bob',
  user: 'bob',
  title: 'alice',
  body: '你好 👋',
  data: '{"type":"message","seq":7}',
  collapseKey: 'chat:c1',
  badge: 3,
  createdAt: 1_700_000_000_000,
  ...more,
});

let receiver: WebhookReceiver;
const senders: PushSender[] = [];

const senderTo = (url: string, more: { timeoutMs?: number; secret?: string } = {}): PushSender => {
  const sender = createWebhookPushSender({
    url,
    secret: SECRET,
    clock,
    logger,
    allowPrivateHosts: true,
    ...more,
  });
  senders.push(sender);
  return sender;
};

beforeEach(async () => {
  receiver = await startWebhookReceiver({ secret: SECRET });
});

afterEach(async () => {
  lines.length = 0;
  await Promise.all(senders.splice(0).map((sender) => sender.close()));
  await receiver.close();
});

describe('webhook push sender', () => {
  it('posts signed JSON that a receiver with the same secret accepts', async () => {
    const result = await senderTo(receiver.url).send(push());
    expect(result).toEqual({ type: 'delivered' });
    expect(lines).toEqual([
      { message: 'push', provider: 'webhook', id: 'message-1-bob', user: 'bob', title: 'alice' },
    ]);
    expect(receiver.accepted).toEqual([
      {
        id: 'message-1-bob',
        type: 'push',
        user: 'bob',
        title: 'alice',
        body: '你好 👋',
        collapse_key: 'chat:c1',
        badge: 3,
        mobile_only: false,
        created_at: '2023-11-14T22:13:20.000Z',
        data: { type: 'message', seq: 7 },
      },
    ]);
  });

  it('has the same id on every attempt, so that a receiver counts it once', async () => {
    const sender = senderTo(receiver.url);
    await sender.send(push());
    await sender.send(push());
    expect(receiver.requests).toHaveLength(2);
    expect(receiver.accepted).toHaveLength(1);
  });

  it('is refused by a receiver with another secret, and dropped', async () => {
    const sender = senderTo(receiver.url, { secret: 'another secret' });
    expect(await sender.send(push())).toEqual({ type: 'dropped', reason: 'HTTP 401' });
    expect(receiver.accepted).toEqual([]);
  });

  it.each<[number, Record<string, string>, PushResult]>([
    [204, {}, { type: 'delivered' }],
    [400, {}, { type: 'dropped', reason: 'HTTP 400' }],
    [404, {}, { type: 'dropped', reason: 'HTTP 404' }],
    [410, {}, { type: 'dropped', reason: 'HTTP 410' }],
    [408, {}, { type: 'retry', reason: 'HTTP 408' }],
    [429, { 'retry-after': '7' }, { type: 'retry', reason: 'HTTP 429', afterMs: 7_000 }],
    [500, {}, { type: 'retry', reason: 'HTTP 500' }],
    [503, { 'retry-after': '120' }, { type: 'retry', reason: 'HTTP 503', afterMs: 120_000 }],
    [503, { 'retry-after': 'soon' }, { type: 'retry', reason: 'HTTP 503' }],
  ])('answers HTTP %i %j with the right verdict', async (status, headers, verdict) => {
    receiver.behave({ status, headers });
    expect(await senderTo(receiver.url).send(push())).toEqual(verdict);
  });

  it('understands Retry-After as a date and never waits longer than an hour', async () => {
    receiver.behave({ status: 503, headers: { 'retry-after': 'Fri, 31 Dec 2999 23:59:59 GMT' } });
    const result = await senderTo(receiver.url).send(push());
    expect(result).toEqual({ type: 'retry', reason: 'HTTP 503', afterMs: 3_600_000 });
  });

  it('tries again later when nobody answers in time', async () => {
    receiver.behave('hang');
    const result = await senderTo(receiver.url, { timeoutMs: 100 }).send(push());
    expect(result).toEqual({ type: 'retry', reason: 'network error: TimeoutError' });
  });

  it('tries again later when nobody listens', async () => {
    const { url } = receiver;
    await receiver.close();
    const result = await senderTo(url).send(push());
    expect(result).toEqual({ type: 'retry', reason: 'network error: ECONNREFUSED' });
  });

  it('follows no redirect', async () => {
    const canary = await startWebhookReceiver({ secret: SECRET });
    receiver.behave({ status: 307, headers: { location: canary.url } });
    const result = await senderTo(receiver.url).send(push());
    expect(result).toEqual({ type: 'dropped', reason: 'HTTP 307' });
    expect(canary.requests).toEqual([]);
    await canary.close();
  });

  it('puts the URL with its parameters into no reason', async () => {
    const sender = senderTo('http://127.0.0.1:1/push?key=canary-secret');
    expect(JSON.stringify(await sender.send(push()))).not.toContain('canary-secret');
  });

  it.each(['', 'ftp://example.org/', 'not a url', 'https://user:pass@example.org/'])(
    'refuses to be made with the URL %j',
    (url) => {
      expect(() => createWebhookPushSender({ url, secret: SECRET, clock, logger })).toThrow(
        /push webhook/,
      );
    },
  );
});

describe('the receiver of the tests', () => {
  it('refuses a signature that is too old, too new, of another body or of another form', () => {
    const options = { secret: SECRET, now: () => 1_700_000_000_000 };
    const forged = `t=1700000000,v1=${'0'.repeat(64)}`;
    expect(isGenuine({ body: '{}', header: forged }, options)).toBe(false);
    expect(isGenuine({ body: '{}', header: undefined }, options)).toBe(false);
    expect(isGenuine({ body: '{}', header: 'v1=abc' }, options)).toBe(false);
  });
});

describe('the guard against requests into the own network', () => {
  /** Would be hit by anything that gets through: it listens on every local address. */
  async function startCanary(): Promise<{ port: number; hits: () => number; close: () => void }> {
    let hits = 0;
    const server = createServer((_request, response) => {
      hits++;
      response.end();
    });
    server.on('connection', () => hits++);
    await new Promise<void>((resolve) => server.listen(0, '::', resolve));
    const { port } = server.address() as AddressInfo;
    return { port, hits: () => hits, close: () => server.close() };
  }

  const LITERALS = [
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '017700000001',
    '0177.0.0.1',
    '0177.0.0.01',
    '%31%32%37.0.0.1',
    '１２７.０.０.１',
    '127。0。0。1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '100.64.0.1',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::127.0.0.1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:169.254.169.254]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b:1::127.0.0.1]',
    '[2002:7f00:1::]',
    '[2001::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[2001:db8::1]',
  ];

  const NAMES: Readonly<Record<string, readonly string[]>> = {
    localhost: ['127.0.0.1', '::1'],
    'sub.localhost': ['127.0.0.1'],
    'loopback.attacker.example': ['127.0.0.1'],
    'loopback6.attacker.example': ['::1'],
    'mapped.attacker.example': ['::ffff:127.0.0.1'],
    'metadata.google.internal': ['169.254.169.254'],
    'metadata.attacker.example': ['169.254.169.254'],
    'private.attacker.example': ['192.168.1.1'],
    'mixed.attacker.example': ['93.184.216.34', '127.0.0.1'],
    'mixed6.attacker.example': ['2606:4700::1', '::1'],
    'nat64.attacker.example': ['64:ff9b::7f00:1'],
    'empty.attacker.example': [],
  };

  const resolve: ResolveAll = (hostname, callback) => {
    const addresses = NAMES[hostname] ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

  it(`reaches nothing through ${LITERALS.length} addresses in disguise and ${Object.keys(NAMES).length} names`, async () => {
    const canary = await startCanary();
    const verdicts: string[] = [];
    for (const host of [...LITERALS, ...Object.keys(NAMES)]) {
      const url = `http://${host}:${canary.port}/push`;
      try {
        const sender = createWebhookPushSender({ url, secret: SECRET, clock, logger, resolve });
        senders.push(sender);
        verdicts.push(`${host}: ${(await sender.send(push())).type}`);
      } catch {
        verdicts.push(`${host}: dropped`);
      }
    }
    expect(verdicts.filter((verdict) => !verdict.endsWith('dropped'))).toEqual([]);
    expect(verdicts.length).toBeGreaterThanOrEqual(55);
    expect(canary.hits()).toBe(0);
    canary.close();
  });

  it('would have hit the canary without the guard', async () => {
    const canary = await startCanary();
    await senderTo(`http://127.0.0.1:${canary.port}/push`).send(push());
    expect(canary.hits()).toBeGreaterThan(0);
    canary.close();
  });

  it('checks the name for each connection and hands out what it checked, so that rebinding gains nothing', async () => {
    const answers = ['93.184.216.34', '127.0.0.1'];
    const lookup = createGuardedLookup((_hostname, callback) => {
      callback(null, [{ address: answers.shift() ?? '', family: 4 }]);
    });
    const ask = (): Promise<unknown> =>
      new Promise((done) => {
        lookup('rebinding.example', { all: true }, (error, addresses) => done(error ?? addresses));
      });
    expect(await ask()).toEqual([{ address: '93.184.216.34', family: 4 }]);
    expect(await ask()).toBeInstanceOf(RefusedAddressError);
  });
});
