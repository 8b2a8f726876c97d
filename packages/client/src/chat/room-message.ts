/** Messages of public rooms, which come in the shape of the plain endpoints. */
import type { Publication } from '../channel.ts';
import type { Message } from './chat.ts';

interface RoomFrame {
  readonly type: 'message';
  readonly id: string;
  readonly username: string;
  readonly message: string;
  readonly timestamp: string;
  readonly seq: number;
}

/** Undefined for everything else. As text: what kind it is, and what belongs to it, history tells. */
export function roomMessage(
  conversationId: string,
  { data, tags }: Publication,
): Message | undefined {
  const frame = data as Partial<RoomFrame> | null;
  if (frame?.type !== 'message' || frame.username === undefined) return undefined;
  const { id, username, message, timestamp, seq } = frame as RoomFrame;
  return {
    id,
    conversation_id: conversationId,
    seq,
    sender: username,
    client_id: tags?.['cid'] ?? '',
    kind: 'text',
    content: message,
    rev: 0,
    created_at: timestamp,
  };
}
