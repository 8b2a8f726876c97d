/** Stored things as JSON bodies show them: snake_case, ISO 8601 times, the same as in publications. */
import type { RawJson } from '@carillon/protocol';
import type {
  ConversationView,
  CountsView,
  DeviceView,
  MessageView,
  NotificationView,
  TaskView,
  UploadView,
} from '@carillon/protocol/procedures';
import type { Static } from 'typebox';
import type { Conversation, Message } from '../ports/chat-store.ts';
import type { DeviceType } from '../ports/connection-handler.ts';
import type { InboxCounts, Notification } from '../ports/inbox-store.ts';
import type { Task } from '../ports/task-store.ts';
import type { Upload } from '../ports/upload-store.ts';

const time = (ms: number): string => new Date(ms).toISOString();

const parsed = (json: RawJson): unknown => JSON.parse(json);

export const messageView = (message: Message): Static<typeof MessageView> => ({
  id: message.id,
  conversation_id: message.conversationId,
  seq: message.seq,
  sender: message.sender,
  client_id: message.clientId,
  kind: message.kind,
  content: message.content,
  ...(message.attributes !== undefined && { attributes: parsed(message.attributes) }),
  rev: message.rev,
  created_at: time(message.createdAt),
});

export const conversationView = (conversation: Conversation): Static<typeof ConversationView> => ({
  id: conversation.id,
  kind: conversation.kind,
  ...(conversation.name !== undefined && { name: conversation.name }),
  ...(conversation.title !== undefined && { title: conversation.title }),
  ...(conversation.createdBy !== undefined && { created_by: conversation.createdBy }),
  created_at: time(conversation.createdAt),
  last_seq: conversation.lastSeq,
  rev: conversation.rev,
  members: conversation.members.map((member) => ({
    user: member.user,
    role: member.role,
    read_seq: member.readSeq,
    joined_at: time(member.joinedAt),
  })),
});

const statusOf = (notification: Notification): 'unread' | 'read' | 'archived' => {
  if (notification.archivedAt !== undefined) return 'archived';
  return notification.readAt === undefined ? 'unread' : 'read';
};

export const notificationView = (notification: Notification): Static<typeof NotificationView> => ({
  id: notification.id,
  seq: notification.seq,
  title: notification.title,
  content: notification.content,
  type: notification.type,
  link: notification.link ?? null,
  source: notification.source ?? null,
  ...(notification.data !== undefined && { data: parsed(notification.data) }),
  created_at: time(notification.createdAt),
  status: statusOf(notification),
  ...(notification.seenAt !== undefined && { seen_at: time(notification.seenAt) }),
  ...(notification.readAt !== undefined && { read_at: time(notification.readAt) }),
  ...(notification.archivedAt !== undefined && { archived_at: time(notification.archivedAt) }),
});

export const countsView = ({
  unread,
  unseen,
  total,
  rev,
}: InboxCounts): Static<typeof CountsView> => ({ unread, unseen, total, rev });

export const taskView = (task: Task): Static<typeof TaskView> => ({
  id: task.id,
  owner: task.owner,
  ...(task.title !== undefined && { title: task.title }),
  status: task.status,
  message: task.message,
  step: task.step,
  total_steps: task.totalSteps,
  progress: task.progress,
  ...(task.result !== undefined && { result: parsed(task.result) }),
  is_cancel_requested: task.isCancelRequested,
  version: task.version,
  created_at: time(task.createdAt),
  updated_at: time(task.updatedAt),
});

export const uploadView = (upload: Upload): Static<typeof UploadView> => ({
  id: upload.id,
  conversation_id: upload.conversationId,
  name: upload.name,
  mime: upload.mime,
  kind: upload.kind,
  size: upload.size,
  ...(upload.width !== undefined && { width: upload.width }),
  ...(upload.height !== undefined && { height: upload.height }),
  ...(upload.durationMs !== undefined && { duration_ms: upload.durationMs }),
  created_at: time(upload.createdAt),
});

export const deviceView = (device: {
  readonly connectionId: string;
  readonly deviceType: DeviceType;
  readonly connectedAt: number;
}): Static<typeof DeviceView> => ({
  connection_id: device.connectionId,
  device_type: device.deviceType,
  connected_at: time(device.connectedAt),
});
