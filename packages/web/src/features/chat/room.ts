/** What one chat room is at a moment: entries in order, my outbox, who is here. */
import type { Outbox, OutboxItem } from './outbox.ts';

export type Entry =
  | {
      readonly kind: 'message';
      readonly id: string;
      readonly author: string;
      readonly text: string;
      readonly at: number;
      /** Set on a private message: the other person, and so a mark for the reader. */
      readonly privateWith?: string;
      readonly isOwn: boolean;
    }
  | { readonly kind: 'system'; readonly id: string; readonly text: string; readonly at: number }
  | { readonly kind: 'divider'; readonly id: string; readonly why: 'joined' | 'gap' };

export interface RoomError {
  readonly code: number;
  readonly message: string;
  readonly about?: OutboxItem;
}

export interface RoomState {
  readonly me: string;
  readonly entries: readonly Entry[];
  readonly outbox: Outbox;
  /** How often I have written in this visit. */
  readonly writtenCount: number;
  readonly users: readonly string[];
  readonly count: number;
  readonly hasHeartbeat: boolean;
  /** From the opening of the line until the history is complete. */
  readonly isReplaying: boolean;
  readonly hasJoined: boolean;
  readonly lastSeq?: number;
  /** The newest entry that came live from somebody else: to be announced and counted. */
  readonly latest?: Entry;
  readonly error?: RoomError;
}

export const emptyRoom = (me: string): RoomState => ({
  me,
  entries: [],
  outbox: [],
  writtenCount: 0,
  users: [],
  count: 0,
  hasHeartbeat: false,
  isReplaying: false,
  hasJoined: false,
});
