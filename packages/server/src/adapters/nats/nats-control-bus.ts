/**
 * Orders between nodes over one subject of core NATS, surveys as questions to each node. An order
 * is carried out by its sender at once, whatever NATS does.
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
import type { NatsLink } from './nats-link.ts';
import type { NodeQuestions } from './node-questions.ts';

export interface ControlBusDependencies {
  readonly link: NatsLink;
  readonly questions: NodeQuestions;
  readonly prefix: string;
  readonly nodeId: string;
}

interface Order {
  readonly from: string;
  readonly command: ControlCommand;
}

const SURVEY = 'survey';
const REQUEST = 'request';

export function createNatsControlBus(dependencies: ControlBusDependencies): ControlBus {
  return new NatsControlBus(dependencies);
}

class NatsControlBus implements ControlBus {
  readonly #dependencies: ControlBusDependencies;
  readonly #subject: string;
  #handler: ControlHandler | undefined;
  #endings: readonly (() => void)[] = [];

  constructor(dependencies: ControlBusDependencies) {
    this.#dependencies = dependencies;
    this.#subject = `${dependencies.prefix}.control`;
  }

  async start(handler: ControlHandler): Promise<void> {
    const { link, questions, nodeId } = this.#dependencies;
    this.#handler = handler;
    this.#endings = [
      link.subscribe(this.#subject, (message) => {
        const { from, command } = message.json<Order>();
        if (from !== nodeId) handler.handleCommand(command);
      }),
      questions.answer(SURVEY, (question) => [handler.handleSurvey(question as SurveyQuestion)]),
      questions.answer(REQUEST, (request) => {
        const reply = handler.handleRequest?.(request as NodeRequest);
        return reply === undefined ? [] : [reply];
      }),
    ];
    await link.flushed();
  }

  async send(command: ControlCommand): Promise<void> {
    const { link, nodeId } = this.#dependencies;
    this.#handler?.handleCommand(command);
    const order: Order = { from: nodeId, command };
    link.publish(this.#subject, JSON.stringify(order));
    await link.flushed();
  }

  async survey(question: SurveyQuestion, timeoutMs: number): Promise<readonly SurveyAnswer[]> {
    const { questions } = this.#dependencies;
    const elsewhere = questions.ask(SURVEY, question, timeoutMs);
    const own = this.#handler?.handleSurvey(question);
    const others = (await elsewhere) as readonly SurveyAnswer[];
    return own === undefined ? others : [own, ...others];
  }

  async request(
    nodeId: string,
    request: NodeRequest,
    timeoutMs: number,
  ): Promise<NodeReply | undefined> {
    if (nodeId === this.#dependencies.nodeId) return this.#handler?.handleRequest?.(request);
    const terms = { kind: REQUEST, about: request, timeoutMs };
    const [reply] = await this.#dependencies.questions.askOne(nodeId, terms);
    return reply as NodeReply | undefined;
  }

  close(): Promise<void> {
    for (const end of this.#endings) end();
    this.#handler = undefined;
    return Promise.resolve();
  }
}
