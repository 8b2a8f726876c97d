/**
 * A task's events in the words of the plain endpoint (C2). Our encoder writes `type` first, so
 * only the beginning of the text is exchanged; the rest is neither parsed nor copied field by field.
 */
import type { RawJson } from '@carillon/protocol';
import type { TaskStatus } from '../../ports/task-store.ts';
import type { WireFormat } from '../../ports/wire-format.ts';
import { frameEvents, frameMessages, plainData } from './plain-framing.ts';

interface TaskEvent {
  readonly from: string;
  readonly to: string;
  readonly isEnd: boolean;
}

const taskEvent = (from: string, to: string, isEnd: boolean): TaskEvent => ({
  from: `{"type":"${from}"`,
  to: `{"type":"${to}"`,
  isEnd,
});

const LIVE_EVENTS: readonly TaskEvent[] = [
  taskEvent('task.progress', 'progress', false),
  taskEvent('task.completed', 'completed', true),
  taskEvent('task.failed', 'error', true),
  taskEvent('task.cancelled', 'error', true),
];

const eventOf = (data: RawJson): TaskEvent | undefined =>
  LIVE_EVENTS.find(({ from }) => data.startsWith(from));

const SNAPSHOT_PREFIX = '{"type":"task.snapshot"';

const PLAIN_TYPES: Readonly<Record<TaskStatus, string>> = {
  running: 'progress',
  completed: 'completed',
  failed: 'error',
  cancelled: 'error',
};

const isStatus = (value: unknown): value is TaskStatus =>
  typeof value === 'string' && Object.hasOwn(PLAIN_TYPES, value);

const statusOf = (snapshot: RawJson): TaskStatus => {
  const frame: { readonly data?: { readonly status?: unknown } } = JSON.parse(snapshot);
  const status = frame.data?.status;
  return isStatus(status) ? status : 'running';
};

/** A task's snapshot as the event that led to its state. Parsed, because it is one per connection. */
export const plainSnapshot = (
  snapshot: RawJson,
): { readonly frame: RawJson; readonly isEnd: boolean } => {
  const status = statusOf(snapshot);
  return {
    frame: `{"type":"${PLAIN_TYPES[status]}"${snapshot.slice(SNAPSHOT_PREFIX.length)}`,
    isEnd: status !== 'running',
  };
};

/** @param onEnd is told, once per tick, of a channel whose task has reached its end. */
export const createTaskFormat = (onEnd: (channel: string) => void): WireFormat => ({
  name: 'plain-task',
  encodeEvents(channel, events) {
    let hasEnded = false;
    const frames = frameEvents(events, (event) => {
      const data = plainData(event);
      const known = data === undefined ? undefined : eventOf(data);
      hasEnded ||= known?.isEnd === true;
      return data === undefined || known === undefined
        ? undefined
        : known.to + data.slice(known.from.length);
    });
    if (hasEnded) onEnd(channel);
    return frames;
  },
  encodeMessages: frameMessages,
});
