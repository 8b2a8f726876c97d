/**
 * One chat room as a pure function of what happened: frames, sends, the line. It knows no socket
 * and no screen.
 */
import type { ChatFrame } from './frames.ts';
import * as outbox from './outbox.ts';
import type { OutboxItem } from './outbox.ts';
import { reduceFrame } from './room-frames.ts';
import type { RoomState } from './room.ts';

export type RoomEvent =
  | { readonly type: 'opened' }
  | { readonly type: 'lost' }
  | { readonly type: 'frame'; readonly frame: ChatFrame }
  | { readonly type: 'wrote'; readonly item: OutboxItem }
  | { readonly type: 'sent' | 'retry' | 'delete'; readonly localId: string }
  | { readonly type: 'error-dismissed' };

export function reduceRoom(state: RoomState, event: RoomEvent): RoomState {
  switch (event.type) {
    case 'opened':
      return { ...state, isReplaying: true };
    case 'lost':
      return { ...state, hasHeartbeat: false, outbox: outbox.lineBroke(state.outbox) };
    case 'frame':
      return reduceFrame(state, event.frame);
    case 'wrote':
      return {
        ...state,
        outbox: [...state.outbox, event.item],
        writtenCount: state.writtenCount + 1,
      };
    case 'sent':
      return { ...state, outbox: outbox.markSending(state.outbox, event.localId) };
    case 'retry':
      return { ...state, outbox: outbox.requeue(state.outbox, event.localId) };
    case 'delete':
      return { ...state, outbox: outbox.drop(state.outbox, event.localId) };
    case 'error-dismissed':
      return withoutError(state);
  }
}

function withoutError(state: RoomState): RoomState {
  const { error: _, ...rest } = state;
  return rest;
}
