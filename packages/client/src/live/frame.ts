/** What the server publishes about its own things (docs/protocol.md); an application's events are none of it. */
import type { MethodOutput } from '@carillon/protocol/procedures';

type Message = MethodOutput<'chat.history'>['messages'][number];
type InboxMark = 'seen' | 'read' | 'unread' | 'archived' | 'unarchived';

/** As in a task's frames; the rest of a task is what `task.get` tells. */
export interface TaskFrame {
  readonly task_id: string;
  readonly title?: string;
  readonly message: string;
  readonly step: number;
  readonly total_steps: number;
  readonly progress: number;
  readonly timestamp: string;
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled';
  readonly is_cancel_requested: boolean;
  readonly version: number;
  readonly result?: unknown;
}

interface Frames {
  readonly message: Message;
  readonly typing: {
    readonly conversation_id: string;
    readonly user: string;
    readonly is_typing: boolean;
  };
  readonly read: {
    readonly conversation_id: string;
    readonly user: string;
    readonly read_seq: number;
  };
  readonly member: { readonly conversation_id: string; readonly removed: readonly string[] };
  readonly notification: MethodOutput<'inbox.list'>['notifications'][number];
  readonly 'notification.updated': {
    readonly ids: readonly string[] | 'all';
    readonly mark: InboxMark;
  };
  readonly counts: MethodOutput<'inbox.counts'>;
  readonly 'task.snapshot': TaskFrame;
  readonly 'task.progress': TaskFrame;
  readonly 'task.completed': TaskFrame;
  readonly 'task.failed': TaskFrame;
  readonly 'task.cancelled': TaskFrame;
  readonly 'task.chunk': {
    readonly task_id: string;
    readonly index: number;
    readonly text: string;
  };
  readonly 'task.chunks_done': { readonly task_id: string; readonly next_index: number };
}

export type Frame = {
  readonly [T in keyof Frames]: { readonly type: T; readonly data: Frames[T] };
}[keyof Frames];

/**
 * The edge where JSON becomes a type. Not more than the shape is looked at: `user:` carries events
 * of the application too, which may have any type and no `data`.
 */
export function frameOf(json: unknown): Frame | undefined {
  const frame = json as Partial<Frame> | null | undefined;
  const isFrame = typeof frame?.data === 'object' && frame.data !== null;
  return isFrame ? (frame as Frame) : undefined;
}
