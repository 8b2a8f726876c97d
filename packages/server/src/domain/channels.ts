/** Names of the domain's channels, in one place. */
export const chatChannel = (conversationId: string): string => `chat:${conversationId}`;
export const userChannel = (user: string): string => `user:${user}`;
export const taskChannel = (taskId: string): string => `task:${taskId}`;
/** The text that a task produces, chunk by chunk. */
export const streamChannel = (taskId: string): string => `stream:${taskId}`;
export const roomChannel = (room: string): string => `room:${room}`;

/** What stands after `<namespace>:`; undefined for channels of other namespaces. */
export const inNamespace = (channel: string, namespace: string): string | undefined =>
  channel.startsWith(namespace) && channel[namespace.length] === ':'
    ? channel.slice(namespace.length + 1)
    : undefined;
