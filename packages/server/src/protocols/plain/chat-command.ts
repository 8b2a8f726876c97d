/** A chat client's frame, parsed once: JSON object in, one of five commands or a coded error out. */
import type { ErrorName } from '@carillon/protocol';
import { isLongerThan, readName } from './names.ts';
import type { PlainError } from './plain-frames.ts';
import type { PlainLimits } from './plain-limits.ts';

export type ChatCommand =
  | { readonly type: 'message'; readonly message: string; readonly target?: string }
  | { readonly type: 'status' }
  | { readonly type: 'heartbeat'; readonly timestamp: string | number | undefined }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' };

export type ParsedFrame =
  | { readonly ok: true; readonly command: ChatCommand }
  | ({ readonly ok: false } & PlainError);

/** Chat frames are flat; what is nested deeper than this is an attack or a mistake. */
const MAX_DEPTH = 16;

/** A client's own time is echoed, so it must not be a way to make the server talk at length. */
const MAX_TIMESTAMP_CHARACTERS = 64;

const bad = (error: ErrorName, field?: string): ParsedFrame => ({ ok: false, error, field });
const good = (command: ChatCommand): ParsedFrame => ({ ok: true, command });

const isDeeperThan = (value: unknown, depth: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((child) => isDeeperThan(child, depth - 1));
};

const parseObject = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
};

const readMessage = (
  frame: Readonly<Record<string, unknown>>,
  limits: PlainLimits,
  isPrivate: boolean,
): ParsedFrame => {
  const { message, target_user: target } = frame;
  if (typeof message !== 'string' || message.trim() === '') return bad('invalid_field', 'message');
  if (isLongerThan(message, limits.maxMessageLength)) return bad('too_long', 'message');
  if (target === undefined || target === null) {
    // Never fall back to the whole room with what was meant for one.
    return isPrivate ? bad('invalid_field', 'target_user') : good({ type: 'message', message });
  }
  const name = readName(target, limits.maxNameLength);
  return name.ok
    ? good({ type: 'message', message, target: name.value })
    : bad(name.error, 'target_user');
};

const readHeartbeat = (timestamp: unknown): ParsedFrame => {
  if (timestamp === undefined || timestamp === null)
    return good({ type: 'heartbeat', timestamp: undefined });
  if (typeof timestamp === 'number') return good({ type: 'heartbeat', timestamp });
  return typeof timestamp === 'string' && timestamp.length <= MAX_TIMESTAMP_CHARACTERS
    ? good({ type: 'heartbeat', timestamp })
    : bad('invalid_field', 'timestamp');
};

/** `type` may be missing: then it is a message. */
export const parseChatFrame = (text: string, limits: PlainLimits): ParsedFrame => {
  const frame = parseObject(text);
  if (frame === undefined) return bad('not_json');
  if (isDeeperThan(frame, MAX_DEPTH)) return bad('too_deep');
  switch (frame['type'] ?? 'message') {
    case 'message':
      return readMessage(frame, limits, false);
    case 'private':
      return readMessage(frame, limits, true);
    case 'status':
      return good({ type: 'status' });
    case 'heartbeat':
      return readHeartbeat(frame['timestamp']);
    case 'ping':
      return good({ type: 'ping' });
    case 'pong':
      return good({ type: 'pong' });
    default:
      return bad('unknown_type', 'type');
  }
};
