import type {
  ChannelCount,
  ChannelQuery,
  NodeStatistics,
  OnlineUser,
  UserQuery,
} from './cluster-overview.ts';

/** Orders from one node to others. With one process there is nobody else, and the local adapter loops back. */
export type ControlCommand =
  | {
      readonly type: 'disconnect';
      readonly user: string;
      readonly client?: string;
      /** Connection ids that stay. */
      readonly except?: readonly string[];
      readonly code: number;
      readonly reason: string;
    }
  | {
      readonly type: 'unsubscribe';
      readonly user: string;
      readonly channel: string;
      readonly client?: string;
    }
  | {
      readonly type: 'subscribe';
      readonly user: string;
      readonly channel: string;
      readonly client?: string;
    }
  | {
      readonly type: 'refresh';
      readonly user: string;
      readonly client?: string;
      readonly expired: boolean;
      readonly expiresAt?: number;
    }
  /** Something that nodes remember is no longer true: a conversation's members, for example. */
  | { readonly type: 'invalidate'; readonly what: 'conversation'; readonly id: string };

/** A question to all nodes. */
export type SurveyQuestion =
  | { readonly type: 'node' }
  /** Channels with a subscriber, by glob pattern. */
  | { readonly type: 'channels'; readonly pattern?: string }
  /** Samples after this second. */
  | { readonly type: 'statistics'; readonly since?: number }
  | { readonly type: 'online-users'; readonly query: UserQuery }
  | { readonly type: 'channel-counts'; readonly query: ChannelQuery };

export interface NodeInfo {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** Application kind: `http`, `websocket`, `combined`, `worker`. */
  readonly kind: string;
  readonly connections: number;
  readonly users: number;
  readonly channels: number;
  readonly uptimeMs: number;
}

export type SurveyAnswer =
  | { readonly type: 'node'; readonly node: NodeInfo }
  | { readonly type: 'channels'; readonly channels: Readonly<Record<string, number>> }
  | { readonly type: 'statistics'; readonly statistics: NodeStatistics }
  | { readonly type: 'online-users'; readonly users: readonly OnlineUser[] }
  | { readonly type: 'channel-counts'; readonly channels: readonly ChannelCount[] };

/** Something for one node alone: what a client without a way back said in a request of its own. */
export interface NodeRequest {
  readonly type: 'emulation';
  /** The secret handle of the connection that says it. */
  readonly session: string;
  /** Frames as the client sent them. */
  readonly data: string;
}

export interface NodeReply {
  readonly type: 'emulation';
  /** False: there is no such session. */
  readonly isDelivered: boolean;
}

export interface ControlHandler {
  /** Under which name others ask this node alone. Absent: nobody can. */
  readonly nodeId?: string;
  handleCommand(command: ControlCommand): void;
  handleSurvey(question: SurveyQuestion): SurveyAnswer;
  /** Undefined: this node does not know what to do with it. */
  handleRequest?(request: NodeRequest): NodeReply | undefined;
}

/**
 * Orders and questions between nodes. Commands and answers travel as JSON; one of an unknown type
 * (from a newer version) is ignored, so that N-1 and N can work together.
 */
export interface ControlBus {
  start(handler: ControlHandler): Promise<void>;
  /** To all nodes, the sender included. The sender obeys even while the engine is away; then this rejects. */
  send(command: ControlCommand): Promise<void>;
  /** The answers that came within `timeoutMs`, this node's own among them. Never rejects. */
  survey(question: SurveyQuestion, timeoutMs: number): Promise<readonly SurveyAnswer[]>;
  /**
   * To one node, which may be this one. Undefined: nobody of that name answered within `timeoutMs`;
   * at once where the engine knows that nobody is there. Requests of one node to another are handled
   * in the order they were made. Never rejects.
   */
  request(nodeId: string, request: NodeRequest, timeoutMs: number): Promise<NodeReply | undefined>;
  close(): Promise<void>;
}
