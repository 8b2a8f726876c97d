/**
 * The eight calls an application's backend uses to reach people: in real time where they are
 * connected, by push where they are away. A thin layer over chat, inbox and push: what was
 * accepted is stored, and a delivery that fails afterwards is logged and counted, never thrown.
 */
import type { Outcome, RawJson } from '@carillon/protocol';
import type { ReadMark } from '../../ports/chat-store.ts';
import type { DeviceType } from '../../ports/connection-handler.ts';
import type { SentMessage } from '../chat/chat-service.ts';
import type { Accepted } from '../inbox/inbox-service.ts';

export interface BroadcastMessage {
  readonly sender: string;
  readonly content: string;
  readonly clientId?: string;
  /** @default 'text' */
  readonly kind?: string;
  readonly attributes?: RawJson;
}

export interface BroadcastOptions {
  /** This person is not told (the sender, say). */
  readonly excludeUserId?: string;
}

export interface MobileNotification {
  readonly title: string;
  readonly body: string;
  readonly link?: string;
  readonly data?: RawJson;
  readonly collapseKey?: string;
}

export interface SystemNotification {
  readonly title: string;
  readonly content?: string;
  readonly link?: string;
  readonly data?: RawJson;
  readonly dedupeKey?: string;
}

/** Neither: everybody who is connected now. */
export interface SystemAudience {
  readonly users?: readonly string[];
  readonly conversationId?: string;
}

export interface UserDevice {
  readonly connectionId: string;
  readonly deviceType: DeviceType;
  /** ms since 1970. */
  readonly connectedAt: number;
}

export interface BroadcastingService {
  /** Stored in the conversation, told to its members; push to those who are away. */
  broadcastMessage(
    conversationId: string,
    message: BroadcastMessage,
    options?: BroadcastOptions,
  ): Promise<Outcome<SentMessage>>;
  /** As broadcastMessage with kind `consultation_reply`; the push goes to phones and tablets only. */
  broadcastConsultationReply(
    conversationId: string,
    reply: Omit<BroadcastMessage, 'kind'>,
    options?: BroadcastOptions,
  ): Promise<Outcome<SentMessage>>;
  /** Push to phones and tablets only, connected or not; shown on no desktop, stored in no inbox. */
  sendMobileOnlyNotification(
    userIds: string | readonly string[],
    notification: MobileNotification,
  ): Promise<Outcome<Accepted>>;
  /** Told to the conversation, except to the one who types; stored nowhere. */
  broadcastTypingStatus(
    conversationId: string,
    userId: string,
    isTyping: boolean,
  ): Promise<Outcome<void>>;
  /** The person has read these messages: the mark moves up to the newest of them. */
  broadcastReadStatus(
    conversationId: string,
    userId: string,
    messageIds: readonly string[],
  ): Promise<Outcome<ReadMark>>;
  /** A stored notification of type `system` for each person of the audience. */
  broadcastSystemNotification(
    notification: SystemNotification,
    audience?: SystemAudience,
  ): Promise<Outcome<Accepted>>;
  /** A message in the direct conversation of `message.sender` and `userId`, which is made when missing. */
  sendDirectMessage(userId: string, message: BroadcastMessage): Promise<Outcome<SentMessage>>;
  /** The person's connections, oldest first; empty when away. */
  getUserDeviceInfo(userId: string): readonly UserDevice[];
}
