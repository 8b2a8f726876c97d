/** Pushes: what the server says without having been asked. A message without an id. */
import type { Disconnect } from '../close-codes.ts';
import type { ChannelEvent, RawJson } from '../publication.ts';
import { isTerminal } from '../terminal-code.ts';
import { encodeClientInfo, encodePublication, jsonString } from './json-text.ts';
import { type SubscriptionReply, encodeSubscription } from './subscribe.ts';

/** The server's ping, and a client's pong. */
export const PING = '{}';

/** `{"push":{"channel":…`, once for all events of a channel's tick. */
const openPush = (channel: string): string => `{"push":{"channel":${jsonString(channel)}`;

const encodeEvent = (opening: string, event: ChannelEvent): string =>
  event.type === 'publication'
    ? `${opening},"pub":${encodePublication(event.publication)}}}`
    : `${opening},"${event.type}":{"info":${encodeClientInfo(event.info)}}}}`;

/** One message per event: publication, join or leave. */
export const encodeEventPushes = (channel: string, events: readonly ChannelEvent[]): string[] => {
  const opening = openPush(channel);
  return events.map((event) => encodeEvent(opening, event));
};

/** The server has subscribed this connection. */
export const encodeSubscribePush = (channel: string, reply: SubscriptionReply): string =>
  `${openPush(channel)},"subscribe":${encodeSubscription(reply)}}}`;

/** From code 2500 on the client subscribes again by itself. */
export const encodeUnsubscribePush = (channel: string, why: Disconnect): string =>
  `${openPush(channel)},"unsubscribe":{"code":${why.code},"reason":${jsonString(why.reason)}}}}`;

/** The server has changed how long the connection may live; absent: without end. */
export const encodeRefreshPush = (ttl: number | undefined): string =>
  ttl === undefined
    ? '{"push":{"refresh":{}}}'
    : `{"push":{"refresh":{"expires":true,"ttl":${ttl}}}}`;

/** For transports without close frames; over WebSocket the close frame says it. */
export const encodeDisconnectPush = (why: Disconnect): string =>
  `{"push":{"disconnect":{"code":${why.code},"reason":${jsonString(why.reason)}` +
  `${isTerminal(why.code) ? '' : ',"reconnect":true'}}}}`;

/** A message to this one connection, outside any channel. */
export const encodeMessagePush = (data: RawJson): string => `{"push":{"message":{"data":${data}}}}`;

const WRAPPED = '{"push":';

/**
 * A message as one-way transports carry it: the push itself, without `push` around it and without
 * the `id` of a reply (their first message is the connect reply). A ping stays what it is.
 */
export const bareMessage = (message: string): string => {
  if (message.startsWith(WRAPPED)) return message.slice(WRAPPED.length, -1);
  return message.replace(/^\{"id":\d+,/, '{');
};
