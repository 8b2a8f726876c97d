import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fail } from '../errors.ts';
import type { ChannelEvent, Publication } from '../publication.ts';
import { encodeConnectReply, encodeRefreshReply } from './connect.ts';
import { encodeErrorReply } from './error-reply.ts';
import { encodeHistoryReply } from './history.ts';
import { jsonString } from './json-text.ts';
import { encodePresenceReply, encodePresenceStatsReply } from './presence.ts';
import {
  encodeDisconnectPush,
  encodeEventPushes,
  encodeMessagePush,
  encodeRefreshPush,
  encodeSubscribePush,
  encodeUnsubscribePush,
} from './push.ts';
import { encodeRpcReply } from './rpc.ts';
import {
  type SubscriptionReply,
  encodeSubRefreshReply,
  encodeSubscribeReply,
} from './subscribe.ts';

const subscription: SubscriptionReply = {
  recoverable: true,
  positioned: true,
  epoch: 'e"1',
  offset: 12,
  wasRecovering: true,
  recovered: true,
  publications: [{ data: '{"t":"hi"}', offset: 12 }],
  data: '{"snapshot":1}',
  ttl: 60,
};

const subscriptionOnTheWire = {
  expires: true,
  ttl: 60,
  recoverable: true,
  positioned: true,
  epoch: 'e"1',
  offset: 12,
  publications: [{ data: { t: 'hi' }, offset: 12 }],
  recovered: true,
  was_recovering: true,
  data: { snapshot: 1 },
};

describe('replies', () => {
  it('connect says who, how long, how often it pings and what it subscribed', () => {
    const text = encodeConnectReply(1, {
      client: 'c1',
      version: '0.1.0',
      ttl: 300,
      ping: 25,
      pong: true,
      subs: new Map([['user:"1"', subscription]]),
    });
    expect(JSON.parse(text)).toEqual({
      id: 1,
      connect: {
        client: 'c1',
        version: '0.1.0',
        expires: true,
        ttl: 300,
        ping: 25,
        pong: true,
        subs: { 'user:"1"': subscriptionOnTheWire },
      },
    });
  });

  it('a token without end has no ttl', () => {
    const reply = { client: 'c', version: 'v', ping: 25 };
    expect(JSON.parse(encodeConnectReply(1, { ...reply, pong: false }))).toEqual({
      id: 1,
      connect: reply,
    });
    expect(JSON.parse(encodeRefreshReply(2, { client: 'c', version: 'v' }))).toEqual({
      id: 2,
      refresh: { client: 'c', version: 'v' },
    });
    expect(JSON.parse(encodeSubRefreshReply(3, undefined))).toEqual({ id: 3, sub_refresh: {} });
  });

  it('subscribe has all it needs to go on from', () => {
    expect(JSON.parse(encodeSubscribeReply(2, subscription))).toEqual({
      id: 2,
      subscribe: subscriptionOnTheWire,
    });
  });

  it('a plain subscription is an empty object', () => {
    const plain = {
      recoverable: false,
      positioned: false,
      epoch: '',
      offset: 0,
      wasRecovering: false,
      recovered: false,
      publications: [],
    };
    expect(encodeSubscribeReply(2, plain)).toBe('{"id":2,"subscribe":{}}');
  });

  it('errors carry code, text and whether to try again', () => {
    expect(encodeErrorReply(9, fail('permission_denied'))).toBe(
      '{"id":9,"error":{"code":103,"message":"permission denied"}}',
    );
    expect(encodeErrorReply(9, fail('too_many_requests', 'slow "down"'))).toBe(
      '{"id":9,"error":{"code":111,"message":"slow \\"down\\"","temporary":true}}',
    );
    expect(encodeErrorReply(0, fail('not_json'))).toMatch(/^\{"error":\{"code":400/);
  });

  it('presence, counts, history and rpc', () => {
    const info = { user: 'u', client: 'c', connInfo: '{"n":1}', chanInfo: '[2]' };
    expect(JSON.parse(encodePresenceReply(1, [info, { user: '', client: 'd' }]))).toEqual({
      id: 1,
      presence: {
        presence: {
          c: { user: 'u', client: 'c', conn_info: { n: 1 }, chan_info: [2] },
          d: { user: '', client: 'd' },
        },
      },
    });
    expect(JSON.parse(encodePresenceStatsReply(1, { clients: 3, users: 2 }))).toEqual({
      id: 1,
      presence_stats: { num_clients: 3, num_users: 2 },
    });
    expect(
      JSON.parse(
        encodeHistoryReply(1, {
          position: { epoch: 'e', offset: 5 },
          publications: [{ data: '1', offset: 4, tags: { k: 'v' } }],
        }),
      ),
    ).toEqual({
      id: 1,
      history: { epoch: 'e', offset: 5, publications: [{ data: 1, offset: 4, tags: { k: 'v' } }] },
    });
    expect(encodeRpcReply(1, '{"a":1}')).toBe('{"id":1,"rpc":{"data":{"a":1}}}');
  });
});

describe('pushes', () => {
  it('publications, joins and leaves of a channel', () => {
    const info = { user: '42', client: 'c' };
    const events: ChannelEvent[] = [
      { type: 'publication', publication: { data: '{"t":"hi"}', offset: 13, info } },
      { type: 'join', info },
      { type: 'leave', info },
    ];
    expect(encodeEventPushes('chat:1', events).map((text) => JSON.parse(text) as unknown)).toEqual([
      { push: { channel: 'chat:1', pub: { data: { t: 'hi' }, offset: 13, info } } },
      { push: { channel: 'chat:1', join: { info } } },
      { push: { channel: 'chat:1', leave: { info } } },
    ]);
  });

  it('what only the server knows of stays there', () => {
    const publication: Publication = { data: '1', excludeUser: 'me', nativeOnly: true };
    expect(encodeEventPushes('c', [{ type: 'publication', publication }])).toEqual([
      '{"push":{"channel":"c","pub":{"data":1}}}',
    ]);
  });

  it('subscription, connection and message pushes', () => {
    expect(JSON.parse(encodeSubscribePush('c', subscription))).toEqual({
      push: { channel: 'c', subscribe: subscriptionOnTheWire },
    });
    expect(encodeUnsubscribePush('c', { code: 2500, reason: 'insufficient state' })).toBe(
      '{"push":{"channel":"c","unsubscribe":{"code":2500,"reason":"insufficient state"}}}',
    );
    expect(encodeRefreshPush(5)).toBe('{"push":{"refresh":{"expires":true,"ttl":5}}}');
    expect(encodeRefreshPush(undefined)).toBe('{"push":{"refresh":{}}}');
    expect(encodeDisconnectPush({ code: 3001, reason: 'shutdown' })).toBe(
      '{"push":{"disconnect":{"code":3001,"reason":"shutdown","reconnect":true}}}',
    );
    expect(encodeDisconnectPush({ code: 3500, reason: 'invalid token' })).not.toContain(
      'reconnect',
    );
    expect(encodeMessagePush('[1]')).toBe('{"push":{"message":{"data":[1]}}}');
  });

  it('any channel, payload and person is valid JSON on one line', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.jsonValue(),
        fc.dictionary(fc.string(), fc.string()),
        (name, value, tags) => {
          const publication = {
            data: JSON.stringify(value),
            info: { user: name, client: name },
            tags,
          };
          const [text = ''] = encodeEventPushes(name, [{ type: 'publication', publication }]);
          expect(text).not.toMatch(/[\r\n]/);
          expect(JSON.parse(text)).toEqual(
            JSON.parse(
              JSON.stringify({ push: { channel: name, pub: { ...publication, data: value } } }),
            ),
          );
        },
      ),
    );
  });

  it('a string is escaped as JSON.stringify would', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(jsonString(text)).toBe(JSON.stringify(text));
      }),
    );
  });
});
