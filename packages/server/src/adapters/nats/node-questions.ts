/**
 * Questions to all other nodes, answered out of what each has in its own memory: presence, look-ups
 * of connections, surveys. Nothing is stored in NATS that could be out of date, and a node that is
 * gone has no answer. Each node is asked on a subject of its own, so that NATS says at once who is
 * not there. Long answers come in parts.
 */
import type { Msg } from '@nats-io/nats-core';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { NatsLink } from './nats-link.ts';
import type { NodeTable } from './node-table.ts';
import { subjectToken } from './subject-token.ts';

export interface NodeQuestionsDependencies {
  readonly link: NatsLink;
  readonly nodes: NodeTable;
  readonly prefix: string;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Question {
  readonly from: string;
  readonly kind: string;
  readonly about: unknown;
}

interface QuestionTerms {
  readonly kind: string;
  readonly about: unknown;
  readonly timeoutMs: number;
}

interface Part {
  readonly from: string;
  readonly items: readonly unknown[];
  readonly isLast: boolean;
}

interface Asked {
  readonly items: unknown[];
  readonly missing: Set<string>;
  finish(): void;
}

/** Half of what NATS carries by default, for characters that take several bytes. */
const PART_CHARACTERS = 128 * 1024;
const NO_RESPONDERS = 503;

export class NodeQuestions {
  readonly #dependencies: NodeQuestionsDependencies;
  readonly #answerers = new Map<string, (about: unknown) => readonly unknown[]>();
  readonly #asked = new Map<string, Asked>();
  readonly #endings: (() => void)[] = [];
  readonly #replies: string;
  #serial = 0;

  constructor(dependencies: NodeQuestionsDependencies) {
    this.#dependencies = dependencies;
    this.#replies = `${dependencies.prefix}.answers.${subjectToken(dependencies.nodeId)}`;
  }

  async start(): Promise<void> {
    const { link, nodeId } = this.#dependencies;
    this.#endings.push(
      link.subscribe(this.#subjectOf(nodeId), (message) => this.#answer(message)),
      link.subscribe(`${this.#replies}.*.*`, (message) => this.#collect(message)),
    );
    await link.flushed();
  }

  /** What this node says to a kind of question. The result ends it; then it says nothing. */
  answer(kind: string, answerer: (about: unknown) => readonly unknown[]): () => void {
    this.#answerers.set(kind, answerer);
    return () => this.#answerers.delete(kind);
  }

  /** What the other nodes say within the time, all of it; nothing while NATS is away. Never rejects. */
  ask(kind: string, about: unknown, timeoutMs: number): Promise<readonly unknown[]> {
    return this.#ask(this.#dependencies.nodes.others(), { kind, about, timeoutMs });
  }

  /** What one node says, be it known here or not; nothing, at once, where it is not. Never rejects. */
  askOne(node: string, { kind, about, timeoutMs }: QuestionTerms): Promise<readonly unknown[]> {
    return this.#ask([node], { kind, about, timeoutMs });
  }

  async #ask(
    others: readonly string[],
    { kind, about, timeoutMs }: QuestionTerms,
  ): Promise<readonly unknown[]> {
    const { link, clock, nodeId, logger } = this.#dependencies;
    if (others.length === 0 || !link.isUp) return [];
    this.#serial += 1;
    const id = this.#serial.toString(36);
    const question: Question = { from: nodeId, kind, about };
    const payload = JSON.stringify(question);
    const items: unknown[] = [];
    await new Promise<void>((finish) => {
      const cancel = clock.after(timeoutMs, finish);
      this.#asked.set(id, {
        items,
        missing: new Set(others.map(subjectToken)),
        finish: () => {
          cancel();
          finish();
        },
      });
      try {
        for (const other of others) {
          link.publish(
            this.#subjectOf(other),
            payload,
            `${this.#replies}.${id}.${subjectToken(other)}`,
          );
        }
      } catch (error) {
        logger.debug({ err: error, kind }, 'the other nodes could not be asked');
        finish();
      }
    });
    this.#asked.delete(id);
    return items;
  }

  close(): void {
    for (const end of this.#endings) end();
    for (const asked of this.#asked.values()) asked.finish();
    this.#answerers.clear();
  }

  #answer({ reply, data }: Msg): void {
    if (reply === undefined || reply === '') return;
    const { link, nodes, nodeId } = this.#dependencies;
    const { from, kind, about } = JSON.parse(Buffer.from(data).toString()) as Question;
    nodes.hear(from);
    const items = this.#answerers.get(kind)?.(about) ?? [];
    for (const part of partsOf(items)) {
      link.publish(
        reply,
        `{"from":${JSON.stringify(nodeId)},"isLast":${part.isLast},"items":[${part.text}]}`,
      );
    }
  }

  #collect(message: Msg): void {
    const [id = '', node = ''] = message.subject.split('.').slice(-2);
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    if (message.headers?.code !== NO_RESPONDERS) {
      const part = JSON.parse(Buffer.from(message.data).toString()) as Part;
      this.#dependencies.nodes.hear(part.from);
      for (const item of part.items) asked.items.push(item);
      if (!part.isLast) return;
    }
    asked.missing.delete(node);
    if (asked.missing.size === 0) asked.finish();
  }

  #subjectOf(node: string): string {
    return `${this.#dependencies.prefix}.ask.${subjectToken(node)}`;
  }
}

function* partsOf(items: readonly unknown[]): Iterable<{ text: string; isLast: boolean }> {
  let text = '';
  for (const item of items) {
    if (text.length > PART_CHARACTERS) {
      yield { text, isLast: false };
      text = '';
    }
    text += `${text === '' ? '' : ','}${JSON.stringify(item)}`;
  }
  yield { text, isLast: true };
}
