/**
 * What every control bus must do. `controlBusContract` for one node alone, `sharedControlBusContract`
 * for one that reaches other processes too. Run it against each adapter.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeStatistics } from '../../../server/src/ports/cluster-overview.ts';
import type {
  ControlBus,
  ControlCommand,
  NodeInfo,
  NodeReply,
  NodeRequest,
  SurveyAnswer,
  SurveyQuestion,
} from '../../../server/src/ports/control-bus.ts';

export interface ControlBusSubject {
  /** Not started. */
  readonly bus: ControlBus;
  /** Where the engine names the node, not its handler. */
  readonly nodeId?: string;
}

export interface SharedControlBusSubject extends ControlBusSubject {
  /** Another process on the same engine, not started; the contract closes it. */
  makeSecondNode(): Promise<ControlBus>;
  /** As `nodeId`, once there is a second one. */
  readonly secondNodeId?: string | undefined;
}

/** Long enough for a real engine on a busy machine. */
const SURVEY_MS = 2_000;
/** Where some node is known not to answer. */
const SHORT_SURVEY_MS = 300;

const COMMANDS: readonly ControlCommand[] = [
  { type: 'disconnect', user: 'ann', code: 3503, reason: 'force "disconnect"', except: ['c1'] },
  { type: 'disconnect', user: 'ann', client: 'c2', code: 3504, reason: '' },
  { type: 'unsubscribe', user: 'ann', channel: 'chat:ä 😀' },
  { type: 'subscribe', user: '', channel: 'news:1', client: 'c3' },
  { type: 'refresh', user: 'bob', expired: false, expiresAt: 1_900_000_000 },
  { type: 'invalidate', what: 'conversation', id: '0190-x' },
];

const frames = (data: string, session = 'c1.secret'): NodeRequest => ({
  type: 'emulation',
  session,
  data,
});

const DELIVERED: NodeReply = { type: 'emulation', isDelivered: true };

class ListeningNode {
  readonly commands: ControlCommand[] = [];
  readonly questions: SurveyQuestion[] = [];
  readonly requests: NodeRequest[] = [];
  readonly info: NodeInfo;
  readonly nodeId: string;
  #wake = (): void => {};

  constructor(id: string, nodeId = id) {
    this.nodeId = nodeId;
    const counts = { connections: 3, users: 2, channels: 1, uptimeMs: 5_000 };
    this.info = { id, name: `node ${id}`, version: '1.2.3', kind: 'websocket', ...counts };
  }

  handleCommand(command: ControlCommand): void {
    this.commands.push(command);
    this.#wake();
  }

  handleSurvey(question: SurveyQuestion): SurveyAnswer {
    this.questions.push(question);
    if (question.type === 'channels') {
      return { type: 'channels', channels: { [`${question.pattern ?? '*'}:${this.info.id}`]: 7 } };
    }
    return question.type === 'statistics'
      ? { type: 'statistics', statistics: statisticsOf(this.info) }
      : { type: 'node', node: this.info };
  }

  handleRequest(request: NodeRequest): NodeReply {
    this.requests.push(request);
    return { type: 'emulation', isDelivered: request.session !== 'nobody' };
  }

  /** Waits until this many orders have come in. */
  async received(count: number): Promise<readonly ControlCommand[]> {
    while (this.commands.length < count) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.commands;
  }
}

const statisticsOf = (node: NodeInfo): NodeStatistics => ({
  node,
  devices: { mobile: 2, tablet: 0, desktop: 1, unknown: 0 },
  samples: Array.from({ length: 600 }, (_, index) => ({
    second: 1_900_000_000 + index,
    connections: 10_000,
    users: 9_000,
    received: index,
    sent: 123_456,
    pushed: 0,
    pushFailed: 1,
    latency: [3, 250, 4, 12, 9, 1],
  })),
});

const nodesOf = (answers: readonly SurveyAnswer[]): string[] =>
  answers.map((answer) => (answer.type === 'node' ? answer.node.id : '')).toSorted();

export function controlBusContract(name: string, make: () => Promise<ControlBusSubject>): void {
  describe(`control bus contract: ${name}`, () => {
    let bus: ControlBus;
    let node: ListeningNode;
    beforeEach(async () => {
      const subject = await make();
      bus = subject.bus;
      node = new ListeningNode('one', subject.nodeId);
      await bus.start(node);
    });
    afterEach(() => bus.close());

    it('the sender of an order obeys it too, unchanged, in the order of sending', async () => {
      for (const command of COMMANDS) await bus.send(command);
      expect(await node.received(COMMANDS.length)).toEqual(COMMANDS);
    });

    it('a question is answered by the asking node too', async () => {
      expect(await bus.survey({ type: 'node' }, SURVEY_MS)).toEqual([
        { type: 'node', node: node.info },
      ]);
      const question = { type: 'channels', pattern: 'news' } as const;
      expect(await bus.survey(question, SURVEY_MS)).toEqual([
        { type: 'channels', channels: { 'news:one': 7 } },
      ]);
      expect(node.questions).toEqual([{ type: 'node' }, question]);
    });

    it('a request to the own node is answered here, one to nobody by nobody', async () => {
      expect(await bus.request(node.nodeId, frames('{}'), SURVEY_MS)).toEqual(DELIVERED);
      expect(node.requests).toEqual([frames('{}')]);
      expect(await bus.request('no-such-node', frames('{}'), SHORT_SURVEY_MS)).toBeUndefined();
      expect(node.requests).toHaveLength(1);
    });
  });
}

export function sharedControlBusContract(
  name: string,
  make: () => Promise<SharedControlBusSubject>,
): void {
  controlBusContract(name, make);

  describe(`control bus contract, two nodes: ${name}`, () => {
    let bus: ControlBus;
    let other: ControlBus;
    let here: ListeningNode;
    let there: ListeningNode;
    beforeEach(async () => {
      const subject = await make();
      bus = subject.bus;
      other = await subject.makeSecondNode();
      here = new ListeningNode('one', subject.nodeId);
      there = new ListeningNode('two', subject.secondNodeId);
      await bus.start(here);
      await other.start(there);
      // Both hear each other: what is sent from here on is lost by nobody.
      for (let round = 0; round < 20; round += 1) {
        if ((await bus.survey({ type: 'node' }, SURVEY_MS)).length === 2) break;
      }
      there.questions.length = 0;
    });
    afterEach(async () => {
      await bus.close();
      await other.close();
    });

    it('[CLU3] an order reaches every node once, unchanged, in the order of sending', async () => {
      for (const command of COMMANDS) await bus.send(command);
      await other.send({ type: 'invalidate', what: 'conversation', id: 'last' });
      const last = { type: 'invalidate', what: 'conversation', id: 'last' };
      expect((await there.received(7)).filter((each) => !isLast(each))).toEqual(COMMANDS);
      expect((await here.received(7)).filter((each) => !isLast(each))).toEqual(COMMANDS);
      expect(there.commands).toContainEqual(last);
      expect(here.commands).toContainEqual(last);
    });

    it('[CLU3] a question is answered by all nodes, each question by its own answers', async () => {
      const [nodes, channels] = await Promise.all([
        bus.survey({ type: 'node' }, SURVEY_MS),
        bus.survey({ type: 'channels', pattern: 'a' }, SURVEY_MS),
      ]);
      expect(nodesOf(nodes)).toEqual(['one', 'two']);
      expect(nodes).toContainEqual({ type: 'node', node: there.info });
      expect(channels).toHaveLength(2);
      expect(channels).toContainEqual({ type: 'channels', channels: { 'a:two': 7 } });
      expect(there.questions).toContainEqual({ type: 'channels', pattern: 'a' });
    });

    it('[CLU3] a long answer comes whole: ten minutes of statistics', async () => {
      const answers = await bus.survey({ type: 'statistics', since: 7 }, SURVEY_MS);
      for (const { info } of [here, there]) {
        expect(answers).toContainEqual({ type: 'statistics', statistics: statisticsOf(info) });
      }
      expect(there.questions).toContainEqual({ type: 'statistics', since: 7 });
    });

    it('[CLU3] a request reaches the one node it is for, unchanged, and comes back with its answer', async () => {
      const data = '{"id":2,"publish":{"channel":"news:ä","data":"😀 \\"x\\""}}\n{}';
      expect(await bus.request(there.nodeId, frames(data), SURVEY_MS)).toEqual(DELIVERED);
      const unknown = await bus.request(there.nodeId, frames('{}', 'nobody'), SURVEY_MS);
      expect(unknown).toEqual({ type: 'emulation', isDelivered: false });
      expect(await other.request(here.nodeId, frames('back'), SURVEY_MS)).toEqual(DELIVERED);
      expect(there.requests).toEqual([frames(data), frames('{}', 'nobody')]);
      expect(here.requests).toEqual([frames('back')]);
    });

    it('[CLU3] requests to a node are handled in the order they were made, each answered as its own', async () => {
      const all = Array.from({ length: 100 }, (_, index) =>
        frames(String(index), index % 3 === 0 ? 'nobody' : 'c1.secret'),
      );
      const replies = await Promise.all(
        all.map((request) => bus.request(there.nodeId, request, SURVEY_MS)),
      );
      expect(replies.map((reply) => reply?.isDelivered)).toEqual(
        all.map(({ session }) => session !== 'nobody'),
      );
      expect(there.requests).toEqual(all);
    });

    it('[CLU3] a request to a node that is gone is answered by nobody', async () => {
      await other.close();
      expect(await bus.request(there.nodeId, frames('{}'), SHORT_SURVEY_MS)).toBeUndefined();
    });

    it('[CLU3] a question waits for nobody who is gone longer than it was told to', async () => {
      await other.close();
      expect(nodesOf(await bus.survey({ type: 'node' }, SHORT_SURVEY_MS))).toEqual(['one']);
    });
  });
}

const isLast = (command: ControlCommand): boolean =>
  command.type === 'invalidate' && command.id === 'last';
