/** What the plain chat endpoint says, from text to types. Unknown frames are passed over. */
import { numberOf, parseObject, textOf, timeOf } from '../../session/json-fields.ts';
import type { JsonObject } from '../../session/json-fields.ts';

export type ChatFrame =
  | {
      readonly type: 'message';
      readonly id: string;
      readonly author: string;
      readonly text: string;
      readonly at: number;
      readonly seq?: number;
      readonly isHistory: boolean;
    }
  | {
      readonly type: 'private';
      readonly id: string;
      readonly from: string;
      readonly to?: string;
      readonly text: string;
      readonly at: number;
    }
  | {
      readonly type: 'system';
      readonly id: string;
      readonly text: string;
      readonly at: number;
      readonly count?: number;
    }
  | { readonly type: 'status'; readonly count: number; readonly users: readonly string[] }
  | { readonly type: 'ping' }
  | { readonly type: 'heartbeat_ack' }
  | { readonly type: 'error'; readonly code: number; readonly message: string };

/** `nowMs` stands in where a frame carries no time. */
export function decodeChatFrame(raw: string, nowMs: number): ChatFrame | undefined {
  const object = parseObject(raw);
  if (object === undefined) return undefined;
  switch (textOf(object, 'type') ?? '') {
    case 'message':
      return decodeMessage(object, nowMs);
    case 'private':
      return decodePrivate(object, nowMs);
    case 'system':
      return decodeSystem(object, nowMs);
    case 'status':
      return decodeStatus(object);
    case 'ping':
      return { type: 'ping' };
    case 'heartbeat_ack':
      return { type: 'heartbeat_ack' };
    case 'error':
      return {
        type: 'error',
        code: numberOf(object, 'code') ?? 0,
        message: textOf(object, 'message') ?? '',
      };
    default:
      return undefined;
  }
}

function decodeMessage(object: JsonObject, nowMs: number): ChatFrame | undefined {
  const author = textOf(object, 'username');
  const text = textOf(object, 'message');
  if (author === undefined || text === undefined) return undefined;
  const at = timeOf(object, 'timestamp') ?? nowMs;
  const seq = numberOf(object, 'seq');
  return {
    type: 'message',
    id: textOf(object, 'id') ?? `${at}:${author}:${text}`,
    author,
    text,
    at,
    ...(seq === undefined ? {} : { seq }),
    isHistory: object['history'] === true,
  };
}

function decodePrivate(object: JsonObject, nowMs: number): ChatFrame | undefined {
  const from = textOf(object, 'from');
  const text = textOf(object, 'message');
  if (from === undefined || text === undefined) return undefined;
  const at = timeOf(object, 'timestamp') ?? nowMs;
  const to = textOf(object, 'to');
  return {
    type: 'private',
    id: textOf(object, 'id') ?? `${at}:${from}:${text}`,
    from,
    ...(to === undefined ? {} : { to }),
    text,
    at,
  };
}

function decodeSystem(object: JsonObject, nowMs: number): ChatFrame | undefined {
  const text = textOf(object, 'message');
  if (text === undefined) return undefined;
  const at = timeOf(object, 'timestamp') ?? nowMs;
  const count = numberOf(object, 'connected_count');
  return {
    type: 'system',
    id: textOf(object, 'id') ?? `${at}:${text}`,
    text,
    at,
    ...(count === undefined ? {} : { count }),
  };
}

function decodeStatus(object: JsonObject): ChatFrame {
  const users = object['users'];
  return {
    type: 'status',
    count: numberOf(object, 'connected_count') ?? 0,
    users: Array.isArray(users) ? users.filter((user) => typeof user === 'string') : [],
  };
}
