/** The JSON texts that plain endpoints say on their own behalf. `type` always comes first. */
import { ERRORS, type ErrorName, type RawJson } from '@carillon/protocol';
import { isoTime } from '../../domain/json-text.ts';
import { SYSTEM_TEXTS } from './system-texts.ts';
import type { Language } from './language.ts';

export const HEARTBEAT_FRAME = '{"type":"heartbeat"}';
export const PING_FRAME = '{"type":"ping"}';

export interface PlainError {
  readonly error: ErrorName;
  /** Which field of the client's frame was wrong. */
  readonly field?: string | undefined;
}

export const errorFrame = ({ error, field }: PlainError, language: Language): string =>
  JSON.stringify({
    type: 'error',
    code: ERRORS[error].code,
    message: SYSTEM_TEXTS[language].error(error),
    field,
  });

export interface Connected {
  readonly connectionId: string;
  readonly user: string;
  readonly serverTimeMs: number;
  readonly heartbeatIntervalMs: number;
}

/** First frame of the notification and task endpoints; `heartbeat_interval` is in seconds. */
export const connectedFrame = (connected: Connected): string =>
  JSON.stringify({
    type: 'connected',
    data: {
      connection_id: connected.connectionId,
      user_id: connected.user,
      server_time: isoTime(connected.serverTimeMs),
      heartbeat_interval: connected.heartbeatIntervalMs / 1000,
    },
  });

export const statusFrame = (connectedCount: number, users: readonly string[]): string =>
  JSON.stringify({ type: 'status', connected_count: connectedCount, users });

export const heartbeatAckFrame = (
  timestamp: string | number | undefined,
  serverTimeMs: number,
): string =>
  JSON.stringify({ type: 'heartbeat_ack', timestamp, server_time: isoTime(serverTimeMs) });

export interface SystemNotice {
  readonly message: string;
  readonly connectedCount: number;
  readonly id: string;
  readonly atMs: number;
}

export const systemFrame = (notice: SystemNotice): string =>
  JSON.stringify({
    type: 'system',
    message: notice.message,
    connected_count: notice.connectedCount,
    id: notice.id,
    timestamp: isoTime(notice.atMs),
  });

export interface PrivateMessage {
  readonly id: string;
  readonly from: string;
  /** Only in the sender's own copy. */
  readonly to?: string;
  /** Only where the channel does not say it. */
  readonly room?: string;
  readonly message: string;
  readonly atMs: number;
}

export const privateFrame = (message: PrivateMessage): RawJson =>
  JSON.stringify({
    type: 'private',
    from: message.from,
    to: message.to,
    room: message.room,
    message: message.message,
    timestamp: isoTime(message.atMs),
    id: message.id,
  });

/** A stored room message as history: the same object with one field more, not parsed for it. */
export const historyFrame = (frame: RawJson): RawJson => `${frame.slice(0, -1)},"history":true}`;
