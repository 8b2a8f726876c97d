import type { NodeReply, NodeRequest } from './control-bus.ts';

/** One node of the installation, spoken to alone; and what this one answers. */
export interface Peers {
  /** Of this node: unique per process and life, not secret. */
  readonly nodeId: string;
  /**
   * Undefined: there is no such node (any more), or it did not answer in time. Requests to one node
   * are handled there in the order they were made here. Never rejects.
   */
  request(nodeId: string, request: NodeRequest): Promise<NodeReply | undefined>;
  /** What this node does with requests, those of its own included. One handler; it never throws. */
  answerRequests(handler: (request: NodeRequest) => NodeReply): void;
}
