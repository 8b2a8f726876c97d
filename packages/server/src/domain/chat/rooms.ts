/**
 * Public rooms: a conversation of kind `room` behind each name, made when first used. What is
 * published in `room:<name>` is the plain endpoints' message shape, stored before it is told.
 */
import type { Outcome, RawJson } from '@carillon/protocol';
import type { PublishResult } from '../../ports/broker.ts';
import type { Message } from '../../ports/chat-store.ts';

export interface RoomMessage {
  /** A verified user id, or the name an anonymous person chose. */
  readonly sender: string;
  /** Made here when absent. */
  readonly clientId?: string;
  readonly message: string;
}

export interface SentRoomMessage {
  readonly message: Message;
  /** `{"type":"message","id":…,"username":…,"message":…,"timestamp":…,"seq":…}` as it was published. */
  readonly frame: RawJson;
  /** False: this clientId was stored before; nothing was published again. */
  readonly isNew: boolean;
  /** Absent when it was stored and could not be published; the outbox will see to it. */
  readonly result?: PublishResult;
}

export interface Rooms {
  /** Failures: `invalid_field`, `too_long`, `storage_unavailable`. */
  send(room: string, input: RoomMessage): Promise<Outcome<SentRoomMessage>>;
  /** The newest messages as ready frames, oldest first; empty while the store does not answer. */
  recent(room: string, limit: number): Promise<readonly RawJson[]>;
}
