/** One frame as the log keeps it, and what can be told from its text. */
import {
  isJsonObject,
  numberOf,
  objectOf,
  parseObject,
  textOf,
} from '../../session/json-fields.ts';
import type { JsonObject } from '../../session/json-fields.ts';
import type { Family, Transport } from './endpoints.ts';
import { parseSseBlock } from './sse-block.ts';

/** `note`: not on the line, but about it (opened, closed, refused). */
export type Direction = 'in' | 'out' | 'note';

export interface Frame {
  readonly id: number;
  readonly atMs: number;
  readonly direction: Direction;
  readonly text: string;
  /** On the line, in UTF-8. */
  readonly bytes: number;
  /** As the protocol calls it: `publish`, `push.pub`, `message`, `ping`. */
  readonly type: string;
  readonly isHeartbeat: boolean;
  /** A refusal, a close code or an HTTP status to explain. */
  readonly outcome?: Outcome;
}

export interface Outcome {
  readonly kind: 'error' | 'close' | 'http' | 'unsubscribe';
  readonly code: number;
  readonly reason: string;
}

export interface FrameKind {
  readonly type: string;
  readonly isHeartbeat: boolean;
  readonly outcome?: Outcome;
}

const PLAIN_HEARTBEATS = new Set(['ping', 'pong', 'heartbeat', 'heartbeat_ack']);

const COMMANDS = [
  'connect',
  'subscribe',
  'unsubscribe',
  'publish',
  'history',
  'presence',
  'presence_stats',
  'rpc',
  'refresh',
  'sub_refresh',
  'send',
  'ping',
];
const PUSHES = [
  'pub',
  'join',
  'leave',
  'unsubscribe',
  'subscribe',
  'message',
  'connect',
  'disconnect',
  'refresh',
];

interface Line {
  readonly family: Family;
  readonly transport: Transport;
  readonly direction: Direction;
}

export function classify(text: string, line: Line): FrameKind {
  if (line.transport !== 'sse' || line.direction !== 'in') return classifyPayload(text, line);
  const block = parseSseBlock(text);
  if (block.data === undefined) return { type: bareBlockType(block), isHeartbeat: isQuiet(block) };
  const kind = classifyPayload(block.data, line);
  return block.event === undefined ? kind : { ...kind, type: block.event };
}

const bareBlockType = (block: ReturnType<typeof parseSseBlock>): string => {
  if (block.comment !== undefined) return 'comment';
  if (block.retry !== undefined) return 'retry';
  return 'id';
};

const isQuiet = ({ comment }: ReturnType<typeof parseSseBlock>): boolean => comment !== undefined;

function classifyPayload(text: string, { family, direction }: Line): FrameKind {
  const object = parseObject(text);
  if (object === undefined) return { type: 'text', isHeartbeat: false };
  if (family === 'native' || family === 'uni') return nativeKind(object, direction);
  const type = textOf(object, 'type') ?? 'message';
  if (type === 'error') return withError('error', object);
  return { type, isHeartbeat: PLAIN_HEARTBEATS.has(type) };
}

function nativeKind(object: JsonObject, direction: Direction): FrameKind {
  if (Object.keys(object).length === 0) {
    return { type: direction === 'out' ? 'pong' : 'ping', isHeartbeat: true };
  }
  const error = objectOf(object, 'error');
  if (error !== undefined) return withError('error', error);
  const push = objectOf(object, 'push');
  if (push !== undefined) return pushKind(push, 'push.');
  const command = COMMANDS.find((name) => isJsonObject(object[name]));
  if (command !== undefined && 'id' in object) return { type: command, isHeartbeat: false };
  // One way the request to connect is all that is ever said.
  return direction === 'out' ? { type: 'connect', isHeartbeat: false } : pushKind(object, '');
}

function pushKind(push: JsonObject, prefix: string): FrameKind {
  const name = PUSHES.find((one) => isJsonObject(push[one]));
  const type = name === undefined ? 'other' : `${prefix}${name}`;
  const about = name === 'disconnect' || name === 'unsubscribe' ? objectOf(push, name) : undefined;
  if (about === undefined) return { type, isHeartbeat: false };
  const kind = name === 'disconnect' ? 'close' : 'unsubscribe';
  return {
    type,
    isHeartbeat: false,
    outcome: { kind, code: numberOf(about, 'code') ?? 0, reason: textOf(about, 'reason') ?? '' },
  };
}

const withError = (type: string, error: JsonObject): FrameKind => ({
  type,
  isHeartbeat: false,
  outcome: {
    kind: 'error',
    code: numberOf(error, 'code') ?? 0,
    reason: textOf(error, 'message') ?? '',
  },
});

/** For reading: JSON indented, also inside server-sent events and lines of several commands. */
export function prettyText(text: string): string {
  const whole = indented(text);
  if (whole !== undefined) return whole;
  return text
    .split('\n')
    .map((line) => {
      const field = /^(data: ?)(.*)$/.exec(line);
      if (field === null) return indented(line) ?? line;
      const body = indented(field[2] ?? '');
      return body === undefined ? line : `data: ${body}`;
    })
    .join('\n');
}

function indented(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : undefined;
  } catch {
    return undefined;
  }
}

const encoder = new TextEncoder();

export const byteLength = (text: string): number => encoder.encode(text).length;
