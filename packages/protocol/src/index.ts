export * from './close-codes.ts';
export * from './errors.ts';
export * from './publication.ts';
export { isTerminal } from './terminal-code.ts';
export {
  type Command,
  type CommandName,
  type CommandRequests,
  type ParsedCommand,
  parseCommand,
} from './native/command.ts';
export {
  type ConnectReply,
  type ConnectRequest,
  type LastPosition,
  type RefreshReply,
  type RefreshRequest,
  encodeConnectReply,
  encodeRefreshReply,
} from './native/connect.ts';
export { encodeErrorReply } from './native/error-reply.ts';
export { MAX_CHANNEL_LENGTH, MAX_TOKEN_LENGTH, isChannelName } from './native/field-reader.ts';
export { type HistoryReply, type HistoryRequest, encodeHistoryReply } from './native/history.ts';
export { MAX_JSON_DEPTH, hasForbiddenKey, scanJson } from './native/json-scan.ts';
export { jsonString } from './native/json-text.ts';
export {
  type PresenceRequest,
  encodePresenceReply,
  encodePresenceStatsReply,
} from './native/presence.ts';
export { type PublishRequest, encodePublishReply } from './native/publish.ts';
export {
  PING,
  bareMessage,
  encodeDisconnectPush,
  encodeEventPushes,
  encodeMessagePush,
  encodeRefreshPush,
  encodeSubscribePush,
  encodeUnsubscribePush,
} from './native/push.ts';
export { type RpcRequest, type SendRequest, encodeRpcReply } from './native/rpc.ts';
export {
  type SubRefreshRequest,
  type SubscribeRequest,
  type SubscriptionReply,
  type UnsubscribeRequest,
  encodeSubRefreshReply,
  encodeSubscribeReply,
  encodeUnsubscribeReply,
} from './native/subscribe.ts';
