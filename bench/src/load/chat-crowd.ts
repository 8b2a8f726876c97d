/**
 * P4's people: pairs in a direct conversation, everybody connected and subscribed, each with a fixed
 * number of messages in flight. An acknowledgement is followed by the next message (closed loop:
 * the row asks for the rate at a given number in flight); at the end every message must have
 * reached both people of its conversation.
 */
import { sleep } from '../process/sleep.ts';
import { nowUs } from '../process/vitals.ts';
import { chatDialect } from './chat-dialect.ts';
import type { ChatPlan, ChatSpan } from './calls.ts';
import type { RpcReply } from './dialects.ts';
import { createLatencies, encodeLatencies, recordLatency } from './latency.ts';
import { sourceAddress } from './source-address.ts';
import { Span } from './span.ts';
import { Subscriber, type Crew } from './subscriber.ts';
import { createToken } from './tokens.ts';

const TAIL_MS = 10_000;
const FAULTS_KEPT = 10;

interface Person {
  readonly client: Subscriber;
  readonly user: string;
  conversation: string;
  lastId: number;
  acknowledged: number;
  heard: number;
  /** Commands that are not answered yet, and who wants the answer. */
  readonly waiting: Map<number, (line: string) => void>;
}

export class ChatCrowd {
  readonly #plan: ChatPlan;
  readonly #people: Person[] = [];
  readonly #crew: Crew;
  readonly #text: string;
  #faults: string[] = [];
  #latencies = createLatencies();
  #acknowledged = 0;
  #isSending = false;
  #ready: () => void = () => undefined;
  #progress: () => void = () => undefined;

  constructor(plan: ChatPlan) {
    this.#plan = plan;
    this.#text = `~${'x'.repeat(plan.messageBytes - 1)}`;
    this.#crew = {
      dialect: chatDialect,
      port: plan.port,
      handleReady: () => this.#ready(),
      handleCounted: () => undefined,
      handleHeard: ({ index }, heard) => {
        const person = this.#people[index];
        if (person === undefined) return;
        for (const reply of heard.replies ?? []) this.#handleReply(person, reply);
        person.heard += heard.publications ?? 0;
        if (!this.#isSending) this.#progress();
      },
      handleLost: ({ index }, reason) => this.#fault(`person ${index}: ${reason}`),
    };
  }

  async start(): Promise<void> {
    for (let i = 0; i < this.#plan.conversations * 2; i++) await this.#connect(i);
    for (let i = 0; i < this.#people.length; i += 2) await this.#meet(i);
    this.#isSending = true;
    for (const person of this.#people) {
      for (let i = 0; i < this.#plan.inFlightEach; i++) this.#sendMessage(person);
    }
  }

  async measure(seconds: number): Promise<ChatSpan> {
    const before = this.#acknowledged;
    this.#latencies = createLatencies();
    const span = new Span();
    await sleep(seconds * 1000);
    const elapsed = span.elapsedSeconds();
    return {
      acknowledged: this.#acknowledged - before,
      seconds: elapsed,
      faults: this.#faults,
      latency: encodeLatencies(this.#latencies),
      generator: span.end(),
    };
  }

  async stop(): Promise<{ acknowledged: number; faults: readonly string[] }> {
    this.#isSending = false;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, TAIL_MS);
      this.#progress = () => {
        if (!this.#people.every((_, i) => this.#hasAll(i))) return;
        clearTimeout(timer);
        resolve();
      };
      this.#progress();
    });
    this.#people.forEach(({ heard, waiting }, i) => {
      if (!this.#hasAll(i)) {
        const expected = this.#expectedOf(i);
        this.#fault(`person ${i} heard ${heard} of ${expected}, ${waiting.size} unanswered`);
      }
    });
    return { acknowledged: this.#acknowledged, faults: this.#faults };
  }

  dropAll(): void {
    for (const { client } of this.#people) client.drop();
  }

  #connect(index: number): Promise<void> {
    return new Promise((resolve) => {
      this.#ready = resolve;
      const user = `person-${index}`;
      const client = new Subscriber({
        crew: this.#crew,
        index,
        identity: { token: createToken(user, this.#plan.secret), group: 0 },
        isSampler: true,
        localAddress: sourceAddress(index),
        dueUs: nowUs(),
      });
      this.#people.push({
        client,
        user,
        conversation: '',
        lastId: 1,
        acknowledged: 0,
        heard: 0,
        waiting: new Map(),
      });
    });
  }

  /** The pair's conversation, and both subscribed to it. */
  async #meet(first: number): Promise<void> {
    const pair = this.#people.slice(first, first + 2);
    const [one, other] = pair;
    if (one === undefined || other === undefined) return;
    const input = { kind: 'direct', members: [one.user, other.user] };
    const line = await this.#command(one, { rpc: { method: 'chat.create', data: input } });
    // The server under test answers what its procedure declares, or the run is void.
    const created = JSON.parse(line) as { rpc: { data: { id: string } } };
    for (const person of pair) {
      person.conversation = created.rpc.data.id;
      await this.#command(person, { subscribe: { channel: `chat:${person.conversation}` } });
    }
  }

  #sendMessage(person: Person): void {
    const data = {
      conversation_id: person.conversation,
      clientId: `m-${person.lastId}`,
      content: this.#text,
    };
    const sentUs = nowUs();
    void this.#command(person, { rpc: { method: 'chat.send', data } }).then(() => {
      recordLatency(this.#latencies, nowUs() - sentUs);
      this.#acknowledged += 1;
      person.acknowledged += 1;
      if (this.#isSending) this.#sendMessage(person);
      else this.#progress();
    });
  }

  #command(person: Person, command: object): Promise<string> {
    const id = ++person.lastId;
    return new Promise((resolve) => {
      person.waiting.set(id, resolve);
      person.client.say(JSON.stringify({ id, ...command }));
    });
  }

  #handleReply(person: Person, { id, line }: RpcReply): void {
    person.waiting.get(id)?.(line);
    person.waiting.delete(id);
  }

  #expectedOf(index: number): number {
    const first = index - (index % 2);
    return this.#people
      .slice(first, first + 2)
      .reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  }

  #hasAll(index: number): boolean {
    const person = this.#people[index];
    return person?.waiting.size === 0 && person.heard === this.#expectedOf(index);
  }

  #fault(text: string): void {
    if (this.#faults.length < FAULTS_KEPT) this.#faults.push(text);
  }
}
