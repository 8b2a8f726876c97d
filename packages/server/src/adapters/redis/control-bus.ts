/**
 * Orders and questions between nodes over Redis PUB/SUB: one channel that all nodes hear, one for
 * the answers of each. An order is obeyed here before it is sent, so a node never waits for Redis
 * to do what it was told itself; one that is lost while Redis is away is not repeated.
 */
import type {
  ControlBus,
  ControlCommand,
  ControlHandler,
  NodeReply,
  NodeRequest,
  SurveyAnswer,
  SurveyQuestion,
} from '../../ports/control-bus.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { readMessage, readReply, type ControlMessage } from './control-messages.ts';
import { nodeIdOf, type NodeRegistry } from './node-registry.ts';
import { NodeRequests } from './node-requests.ts';
import type { RedisConnections } from './redis-connections.ts';

export interface RedisControlBusOptions {
  readonly connections: RedisConnections;
  readonly registry: NodeRegistry;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

interface Survey {
  readonly answers: Map<string, SurveyAnswer>;
  /** Nodes that must have answered; undefined while it is not known who is alive. */
  expected: ReadonlySet<string> | undefined;
  readonly finish: () => void;
}

export function createRedisControlBus(options: RedisControlBusOptions): ControlBus {
  return new RedisControlBus(options);
}

class RedisControlBus implements ControlBus {
  readonly #options: RedisControlBusOptions;
  readonly #everybody: string;
  readonly #surveys = new Map<string, Survey>();
  readonly #requests: NodeRequests;
  #handler: ControlHandler | undefined;

  constructor(options: RedisControlBusOptions) {
    this.#options = options;
    this.#requests = new NodeRequests(options);
    this.#everybody = `${options.connections.prefix}:control`;
  }

  async start(handler: ControlHandler): Promise<void> {
    this.#handler = handler;
    const { connections, nodeId } = this.#options;
    await Promise.all([
      connections.subscribe(this.#everybody, (bytes) => this.#handleMessage(bytes)),
      connections.subscribe(this.#repliesOf(nodeId), (bytes) => this.#handleReply(bytes)),
      this.#requests.start((request) => handler.handleRequest?.(request)),
    ]);
  }

  async send(command: ControlCommand): Promise<void> {
    this.#handler?.handleCommand(command);
    await this.#tell({ from: this.#options.nodeId, command });
  }

  async survey(question: SurveyQuestion, timeoutMs: number): Promise<readonly SurveyAnswer[]> {
    const { random, clock, nodeId, registry } = this.#options;
    const handler = this.#handler;
    if (handler === undefined) return [];
    const id = random.id();
    const answers = new Map([[nodeId, handler.handleSurvey(question)]]);
    await new Promise<void>((resolve) => {
      const cancel = clock.after(timeoutMs, () => finish());
      const finish = (): void => {
        cancel();
        this.#surveys.delete(id);
        resolve();
      };
      const survey: Survey = { answers, expected: undefined, finish };
      this.#surveys.set(id, survey);
      const known = Promise.all([registry.askLive(), this.#tell({ from: nodeId, id, question })]);
      known.then(([live]) => {
        survey.expected = new Set([...live].map(nodeIdOf));
        finishWhenComplete(survey);
      }, finish);
    });
    return [...answers.values()];
  }

  request(nodeId: string, request: NodeRequest, timeoutMs: number): Promise<NodeReply | undefined> {
    return this.#requests.request(nodeId, request, timeoutMs);
  }

  async close(): Promise<void> {
    this.#handler = undefined;
    await this.#requests.close();
    for (const { finish } of this.#surveys.values()) finish();
    const { connections, nodeId } = this.#options;
    await connections.unsubscribe(this.#everybody);
    await connections.unsubscribe(this.#repliesOf(nodeId));
  }

  #repliesOf(nodeId: string): string {
    return `${this.#everybody}:${nodeId}`;
  }

  #tell(message: ControlMessage): Promise<void> {
    return this.#options.connections.publish(this.#everybody, JSON.stringify(message));
  }

  #handleMessage(bytes: Buffer): void {
    const message = readMessage(bytes);
    if (message === undefined || message.from === this.#options.nodeId) return;
    if ('command' in message) this.#handler?.handleCommand(message.command);
    else this.#answer(message.from, message.id, message.question);
  }

  #answer(to: string, id: string, question: SurveyQuestion): void {
    const answer = this.#handler?.handleSurvey(question);
    if (answer === undefined) return;
    const { connections, nodeId, logger } = this.#options;
    const reply = JSON.stringify({ from: nodeId, id, answer });
    connections.publish(this.#repliesOf(to), reply).catch((error: unknown) => {
      logger.debug({ err: error, to }, 'an answer to another node did not leave');
    });
  }

  #handleReply(bytes: Buffer): void {
    const reply = readReply(bytes);
    const survey = reply === undefined ? undefined : this.#surveys.get(reply.id);
    if (reply === undefined || survey === undefined) return;
    survey.answers.set(reply.from, reply.answer);
    finishWhenComplete(survey);
  }
}

function finishWhenComplete({ answers, expected, finish }: Survey): void {
  if (expected === undefined) return;
  for (const nodeId of expected) if (!answers.has(nodeId)) return;
  finish();
}
