/** All procedures, in the order of the docs. */
import * as broadcasting from './broadcasting.ts';
import * as chat from './chat.ts';
import * as client from './client.ts';
import * as consoleOrders from './console-orders.ts';
import * as console from './console.ts';
import * as inbox from './inbox.ts';
import type { Procedure } from './procedure.ts';
import * as tasks from './tasks.ts';
import * as uploads from './uploads.ts';
import * as users from './users.ts';

export * from './broadcasting.ts';
export * from './chat.ts';
export * from './client.ts';
export * from './console-orders.ts';
export * from './console.ts';
export * from './inbox.ts';
export * from './method.ts';
export * from './procedure.ts';
export * from './tasks.ts';
export * from './uploads.ts';
export * from './users.ts';

export const PROCEDURES: readonly Procedure[] = [
  chat.chatCreate,
  chat.chatList,
  chat.chatGet,
  chat.chatAddMembers,
  chat.chatRemoveMember,
  chat.chatLeave,
  chat.chatSend,
  chat.chatHistory,
  chat.chatRead,
  chat.chatTyping,
  inbox.inboxList,
  inbox.inboxMark,
  inbox.inboxCounts,
  inbox.notify,
  tasks.taskStart,
  tasks.taskProgress,
  tasks.taskAppend,
  tasks.taskStream,
  tasks.taskComplete,
  tasks.taskFail,
  tasks.taskCancel,
  tasks.taskConfirmCancel,
  tasks.taskGet,
  tasks.taskList,
  uploads.uploadGet,
  users.usersPresence,
  users.usersDevices,
  users.usersDisconnect,
  users.usersEvent,
  users.ticketsCreate,
  client.clientSettings,
  broadcasting.broadcastMessage,
  broadcasting.broadcastConsultationReply,
  broadcasting.sendMobileOnlyNotification,
  broadcasting.broadcastTypingStatus,
  broadcasting.broadcastReadStatus,
  broadcasting.broadcastSystemNotification,
  broadcasting.sendDirectMessage,
  broadcasting.getUserDeviceInfo,
  console.consoleOverview,
  console.consoleUsers,
  console.consoleChannels,
  console.consoleChannel,
  consoleOrders.consoleNotify,
  consoleOrders.consoleTasks,
  consoleOrders.consoleTask,
  consoleOrders.consoleCancelTask,
  consoleOrders.consolePushes,
  consoleOrders.consoleResendPushes,
  consoleOrders.consoleDiscardPushes,
  consoleOrders.consoleConfiguration,
];
