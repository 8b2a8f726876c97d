/**
 * Public rooms: a conversation of kind `room` behind each name, made when first used. What is
 * published in `room:<name>` is the plain endpoints' message shape, stored before it is told.
 */
import { ok, type Outcome, type RawJson } from '@carillon/protocol';
import type { PublishResult } from '../../ports/broker.ts';
import type { ChatStore, Message } from '../../ports/chat-store.ts';
import type { Random } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { checkKey, checkLine, checkText, firstRefusal, pageSize } from '../input-rules.ts';
import type { DomainLimits } from '../limits.ts';
import { storing } from '../storing.ts';
import { roomFrame } from './chat-frames.ts';
import type { ConversationDirectory } from './conversation-directory.ts';
import type { MessageSender } from './message-sender.ts';

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

export interface RoomsDeps {
  readonly store: ChatStore;
  readonly directory: ConversationDirectory;
  readonly sender: MessageSender;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits: DomainLimits;
}

export function createRooms(deps: RoomsDeps): Rooms {
  const { directory, limits } = deps;
  const name = { max: limits.nameCharacters, isRequired: true };
  return {
    async send(room, input) {
      const refused = firstRefusal(
        checkLine(room, { field: 'room', ...name }),
        checkLine(input.sender, {
          field: 'username',
          max: limits.userIdCharacters,
          isRequired: true,
        }),
        checkKey(input.clientId, { field: 'clientId', max: limits.keyCharacters }),
        checkText(input.message, {
          field: 'message',
          max: limits.messageCharacters,
          isRequired: true,
        }),
      );
      if (refused !== undefined) return refused;
      return storing(async () => {
        const sent = await deps.sender.send(await directory.room(room), {
          sender: input.sender,
          clientId: input.clientId ?? deps.random.id(),
          kind: 'text',
          content: input.message.toWellFormed(),
        });
        return sent.ok ? ok({ ...sent.value, frame: roomFrame(sent.value.message) }) : sent;
      });
    },
    async recent(room, limit) {
      if (checkLine(room, { field: 'room', ...name }) !== undefined) return [];
      const size = pageSize(limit, { fallback: limits.historyItems, max: limits.historyItems });
      try {
        const { id } = await directory.room(room);
        const messages = await deps.store.listMessages(id, { limit: size });
        return messages.map(roomFrame);
      } catch (error) {
        deps.logger.warn({ room, error: String(error) }, 'room history not readable');
        return [];
      }
    },
  };
}
