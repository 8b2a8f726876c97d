/**
 * Requests to one node alone over Redis PUB/SUB: two channels per node, for requests and for replies.
 * Whether somebody is there is asked of the registry of nodes, whose list is a few seconds old.
 */
import type { NodeReply, NodeRequest } from '../../ports/control-bus.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Eventually } from '../../ports/eventually.ts';
import type { Logger } from '../../ports/logger.ts';
import { readRequest, readRequestReply } from './control-messages.ts';
import { nodeIdOf, type NodeRegistry } from './node-registry.ts';
import type { RedisConnections } from './redis-connections.ts';

interface NodeRequestsOptions {
  readonly connections: RedisConnections;
  readonly registry: NodeRegistry;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

type RequestHandler = (request: NodeRequest) => NodeReply | undefined;

export class NodeRequests {
  readonly #options: NodeRequestsOptions;
  readonly #waiting = new Map<string, (reply: NodeReply | undefined) => void>();
  /** Later requests to a node that is being looked for wait with the first: their order is kept. */
  readonly #looking = new Map<string, Promise<boolean>>();
  #handler: RequestHandler | undefined;

  constructor(options: NodeRequestsOptions) {
    this.#options = options;
  }

  async start(handler: RequestHandler): Promise<void> {
    this.#handler = handler;
    const { connections, nodeId } = this.#options;
    await Promise.all([
      connections.subscribe(this.#channel(nodeId, 'requests'), (bytes) => this.#answer(bytes)),
      connections.subscribe(this.#channel(nodeId, 'replies'), (bytes) => this.#collect(bytes)),
    ]);
  }

  async request(
    to: string,
    request: NodeRequest,
    timeoutMs: number,
  ): Promise<NodeReply | undefined> {
    const { nodeId, clock, random, logger } = this.#options;
    if (to === nodeId) return this.#handler?.(request);
    if (!(await this.#isThere(to))) return undefined;
    const id = random.id();
    const { promise, resolve } = Promise.withResolvers<NodeReply | undefined>();
    const cancel = clock.after(timeoutMs, () => resolve(undefined));
    this.#waiting.set(id, resolve);
    this.#tell(to, JSON.stringify({ from: nodeId, id, request })).then(
      (receivers) => {
        if (receivers === 0) resolve(undefined);
      },
      (error: unknown) => {
        logger.debug({ err: error, to }, 'a request to another node did not leave');
        resolve(undefined);
      },
    );
    const reply = await promise;
    cancel();
    this.#waiting.delete(id);
    return reply;
  }

  async close(): Promise<void> {
    this.#handler = undefined;
    for (const resolve of this.#waiting.values()) resolve(undefined);
    const { connections, nodeId } = this.#options;
    await connections.unsubscribe(this.#channel(nodeId, 'requests'));
    await connections.unsubscribe(this.#channel(nodeId, 'replies'));
  }

  #channel(nodeId: string, what: 'requests' | 'replies'): string {
    return `${this.#options.connections.prefix}:node:${nodeId}:${what}`;
  }

  /** How many heard it: none where the node has ended and the registry has not noticed yet. */
  #tell(to: string, message: string): Promise<unknown> {
    const { connections } = this.#options;
    const channel = this.#channel(to, 'requests');
    return connections.command(channel, [connections.publishCommand, channel, message]);
  }

  #isThere(nodeId: string): Eventually<boolean> {
    const looking = this.#looking.get(nodeId);
    if (looking !== undefined) return looking;
    return has(this.#options.registry.live, nodeId) || this.#look(nodeId);
  }

  /** One that was not heard of yet may have come a moment ago. */
  #look(nodeId: string): Promise<boolean> {
    const { registry, logger } = this.#options;
    const looking = registry
      .askLive()
      .then((live) => has(live, nodeId))
      .catch((error: unknown) => {
        logger.debug({ err: error }, 'who is alive cannot be asked');
        return false;
      })
      .finally(() => this.#looking.delete(nodeId));
    this.#looking.set(nodeId, looking);
    return looking;
  }

  #answer(bytes: Buffer): void {
    const message = readRequest(bytes);
    if (message === undefined) return;
    const { connections, nodeId, logger } = this.#options;
    const reply = this.#handler?.(message.request);
    const answer = JSON.stringify({ from: nodeId, id: message.id, reply });
    const { from: to } = message;
    connections.publish(this.#channel(to, 'replies'), answer).catch((error: unknown) => {
      logger.debug({ err: error, to }, 'a reply to another node did not leave');
    });
  }

  #collect(bytes: Buffer): void {
    const answer = readRequestReply(bytes);
    if (answer !== undefined) this.#waiting.get(answer.id)?.(answer.reply);
  }
}

const has = (live: ReadonlySet<string>, nodeId: string): boolean =>
  [...live].some((incarnation) => nodeIdOf(incarnation) === nodeId);
