/** Carillon in Vue: see docs/vue.md. */
export { createCarillonPlugin } from './carillon-plugin.ts';
export type { CarillonPluginOptions, RouterLike } from './carillon-plugin.ts';
export { carillonStore } from './carillon-store.ts';
export type { CarillonStore } from './carillon-store.ts';
export { useCarillon, usePageConfig, useTexts } from './carillon-context.ts';
export { Chat } from './chat.ts';
export { NotificationBell } from './notification-bell.ts';
export { NotificationList } from './notification-list.ts';
export { TaskProgress } from './task-progress.ts';
export { TaskStreamText } from './task-stream-text.ts';
export { WebSocketStatus } from './web-socket-status.ts';
export type { Status } from './status.ts';
export { useChannel } from './use-channel.ts';
export type { UseChannelOptions, UsedChannel } from './use-channel.ts';
export { useChatView } from './use-chat-view.ts';
export type { UsedChatView, UseChatViewOptions } from './use-chat-view.ts';
export { useConnection } from './use-connection.ts';
export type { UsedConnection } from './use-connection.ts';
export { useConnectionView } from './use-connection-view.ts';
export type { UsedConnectionView } from './use-connection-view.ts';
export { useConversation } from './use-conversation.ts';
export type { ConversationActions, UsedConversation } from './use-conversation.ts';
export { useConversations } from './use-conversations.ts';
export type { UsedConversations } from './use-conversations.ts';
export { useInbox } from './use-inbox.ts';
export type { UsedInbox, UseInboxOptions } from './use-inbox.ts';
export { useNotificationBell } from './use-notification-bell.ts';
export type { UsedNotificationBell, UseNotificationBellOptions } from './use-notification-bell.ts';
export { usePresence } from './use-presence.ts';
export type { UsedPresence } from './use-presence.ts';
export { useReadable } from './use-readable.ts';
export { useTask } from './use-task.ts';
export type { UsedTask } from './use-task.ts';
export { useTaskProgress } from './use-task-progress.ts';
export type { UsedTaskProgress } from './use-task-progress.ts';
export { useTasks } from './use-tasks.ts';
export type { UsedTasks } from './use-tasks.ts';
export { useTaskStream } from './use-task-stream.ts';
export type { UsedTaskStream } from './use-task-stream.ts';
export { useTyping } from './use-typing.ts';
export type { UsedTyping } from './use-typing.ts';
export { useWebSocketByPage } from './use-web-socket-by-page.ts';
export type {
  PageMessage,
  UsedWebSocketByPage,
  UseWebSocketByPageOptions,
} from './use-web-socket-by-page.ts';
