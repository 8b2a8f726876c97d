'use client';
/** Carillon in React: see docs/react.md. */
export { CarillonProvider } from './carillon-provider.tsx';
export type { CarillonProviderProps } from './carillon-provider.tsx';
export { useCarillon, usePageConfig, useTexts } from './carillon-context.ts';
export { Chat } from './chat.tsx';
export type { ChatProps } from './chat.tsx';
export { useChatView } from './use-chat-view.ts';
export type { UsedChatView, UseChatViewOptions } from './use-chat-view.ts';
export { NotificationBell } from './notification-bell.tsx';
export type { NotificationBellProps } from './notification-bell.tsx';
export { NotificationList } from './notification-list.tsx';
export type { NotificationListProps } from './notification-list.tsx';
export { useNotificationBell } from './use-notification-bell.ts';
export type { UsedNotificationBell, UseNotificationBellOptions } from './use-notification-bell.ts';
export { TaskProgress, TaskStreamText, useTaskProgress } from './task-progress.tsx';
export type { TaskProgressProps, TaskStreamTextProps, UsedTaskProgress } from './task-progress.tsx';
export { useConnectionView, WebSocketStatus } from './web-socket-status.tsx';
export type { UsedConnectionView, WebSocketStatusProps } from './web-socket-status.tsx';
export type { Status } from './status.ts';
export { useCarillonStore } from './use-carillon-store.ts';
export type { CarillonStore } from './use-carillon-store.ts';
export { useChannel } from './use-channel.ts';
export type { UseChannelOptions, UsedChannel } from './use-channel.ts';
export { useConnection } from './use-connection.ts';
export type { UsedConnection } from './use-connection.ts';
export { useConversation } from './use-conversation.ts';
export type { ConversationActions, UsedConversation } from './use-conversation.ts';
export { useConversations } from './use-conversations.ts';
export type { UsedConversations } from './use-conversations.ts';
export { useDesktopNotifications } from './use-desktop-notifications.ts';
export type { UsedDesktopNotifications } from './use-desktop-notifications.ts';
export { useInbox } from './use-inbox.ts';
export type { InboxActions, UseInboxOptions, UsedInbox } from './use-inbox.ts';
export { usePresence } from './use-presence.ts';
export type { UsedPresence } from './use-presence.ts';
export { useReadable } from './use-readable.ts';
export { useTask } from './use-task.ts';
export type { UsedTask } from './use-task.ts';
export { useTaskStream } from './use-task-stream.ts';
export type { UsedTaskStream } from './use-task-stream.ts';
export { useTasks } from './use-tasks.ts';
export type { UsedTasks } from './use-tasks.ts';
export { useTyping } from './use-typing.ts';
export type { UsedTyping } from './use-typing.ts';
export { useWebSocketByPage } from './use-web-socket-by-page.ts';
export type {
  PageMessage,
  UsedWebSocketByPage,
  UseWebSocketByPageOptions,
} from './use-web-socket-by-page.ts';
