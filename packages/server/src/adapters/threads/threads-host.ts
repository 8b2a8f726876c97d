/**
 * The engine's half in the main thread: owns the broker, presence, directory and tickets that all
 * worker threads share, and one link per thread. Everything comes through here one after another,
 * so a channel has one order for all threads. Has no connections of its own.
 */
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { ClientInfo } from '@carillon/protocol';
import type { Broker } from '../../ports/broker.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  NodeReply,
  NodeRequest,
  SurveyAnswer,
  SurveyQuestion,
} from '../../ports/control-bus.ts';
import type { Logger } from '../../ports/logger.ts';
import type { PresenceStore } from '../../ports/presence-store.ts';
import type { ConnectionTotals } from '../../ports/server-api.ts';
import type { TicketOffice } from '../../ports/ticket-office.ts';
import { FanOut } from './fan-out.ts';
import { RateLedger } from './rate-ledger.ts';
import type { EncodeFrame } from './shared-frame.ts';
import { SurveyDesk } from './survey-desk.ts';
import { ThreadDirectory } from './thread-directory.ts';
import { ThreadLink } from './thread-link.ts';
import type { HostCalls } from './thread-link.ts';

export interface ThreadsHostOptions {
  /** Those of a process that stands alone; the host starts and closes them. */
  readonly broker: Broker;
  readonly presenceStore: PresenceStore;
  readonly tickets: TicketOffice;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Bytes of events on their way to one thread, roughly; beyond, it is told of nothing further
   * until it has taken half of them, and then looks for what it missed.
   * @default 67108864
   */
  readonly maxWeightPerThread?: number;
  /**
   * How the native protocol shows a publication on a WebSocket: large ones are encoded once for all
   * threads (`ThreadsEngine.preparedFormat`). Absent: every thread encodes everything itself.
   */
  readonly encodeFrame?: EncodeFrame;
}

export interface HostedThread {
  /** For `createThreadsEngine` in the thread; to be transferred. */
  readonly port: MessagePort;
  /** The thread has ended: its presence, connections and subscriptions are forgotten. */
  end(): void;
}

export interface ThreadsHost {
  start(): Promise<void>;
  /** @param number for the log */
  connect(number: number): HostedThread;
  /** Of all threads together. */
  totals(): ConnectionTotals;
  close(): Promise<void>;
}

const DEFAULT_MAX_WEIGHT = 64 * 1024 * 1024;

export function createThreadsHost(options: ThreadsHostOptions): ThreadsHost {
  return new Host(options);
}

/** What must be taken back when a thread ends. */
interface Belongings {
  readonly channels: Set<string>;
  readonly presence: Map<string, Map<string, ClientInfo>>;
}

class Host implements ThreadsHost {
  readonly #options: ThreadsHostOptions;
  readonly #fanOut: FanOut;
  readonly #directory = new ThreadDirectory();
  readonly #surveys: SurveyDesk;
  readonly #rates: RateLedger;
  readonly #links = new Map<ThreadLink, Belongings>();
  readonly #nodes = new Map<string, ThreadLink>();
  #dirty: ThreadLink[] = [];
  #isScheduled = false;

  constructor(options: ThreadsHostOptions) {
    this.#options = options;
    this.#fanOut = new FanOut(() => this.#schedule(), options.encodeFrame);
    this.#surveys = new SurveyDesk(options.clock);
    this.#rates = new RateLedger(options.clock.monotonic());
  }

  start(): Promise<void> {
    return this.#options.broker.start(this.#fanOut);
  }

  connect(number: number): HostedThread {
    const { port1, port2 } = new MessageChannel();
    const logger = this.#options.logger.child({ thread: number });
    const link = new ThreadLink({
      port: port1,
      maxWeight: this.#options.maxWeightPerThread ?? DEFAULT_MAX_WEIGHT,
      schedule: (each) => {
        this.#dirty.push(each);
        this.#schedule();
      },
      handleBehind: (isBehind) =>
        isBehind
          ? logger.warn({}, 'a worker thread does not keep up; publications are withheld from it')
          : logger.info({}, 'a worker thread has caught up and looks for what it missed'),
      handleClosed: (each) => this.#forget(each),
    });
    this.#links.set(link, { channels: new Set(), presence: new Map() });
    link.start(this.#callsOf(link));
    return { port: port2, end: () => this.#end(link) };
  }

  totals(): ConnectionTotals {
    return this.#directory.totals();
  }

  async close(): Promise<void> {
    for (const link of this.#links.keys()) this.#end(link);
    await this.#options.broker.close();
    await this.#options.presenceStore.close();
  }

  #callsOf(link: ThreadLink): HostCalls {
    const { broker, presenceStore, tickets, clock } = this.#options;
    return {
      subscribe: (channel) => this.#subscribe(link, channel),
      unsubscribe: (channel) => this.#unsubscribe(link, channel),
      publish: (channel, event, how) => broker.publish(channel, event, how),
      history: (channel, query) => broker.history(channel, query),
      removeHistory: (channel) => broker.removeHistory(channel),
      addPresence: (channel, info) => this.#addPresence(link, channel, info),
      removePresence: (channel, info) => this.#removePresence(link, channel, info),
      listPresence: (channel) => presenceStore.list(channel),
      presenceStats: (channel) => presenceStore.stats(channel),
      enter: (connection, limit) => this.#directory.enter(link, connection, limit),
      leave: ({ connectionId }) => this.#directory.leave(connectionId),
      leaveAll: () => this.#directory.leaveAll(link),
      onlineAmong: (users) => this.#directory.onlineAmong(users),
      find: (query) => this.#directory.find(query),
      totals: () => this.#directory.totals(),
      send: (command) => {
        for (const each of this.#links.keys()) each.command(command);
      },
      survey: (question, timeoutMs) => this.#survey(question, timeoutMs),
      nameNode: (nodeId) => void this.#nodes.set(nodeId, link),
      request: (nodeId, request, timeoutMs) => this.#request(nodeId, request, timeoutMs),
      answerSurvey: (survey, answer) => this.#surveys.answer(survey, link, answer),
      issueTicket: (identity) => tickets.issue(identity),
      redeemTicket: (ticket) => tickets.redeem(ticket),
      exchangeRates: (spent) => this.#rates.exchange(link, spent, clock.monotonic()),
      ping: () => undefined,
    };
  }

  async #survey(question: SurveyQuestion, timeoutMs: number): Promise<readonly SurveyAnswer[]> {
    const answers = await this.#surveys.ask(question, timeoutMs, this.#links.keys());
    return answers.filter((answer) => answer.type !== 'emulation');
  }

  async #request(
    nodeId: string,
    request: NodeRequest,
    timeoutMs: number,
  ): Promise<NodeReply | undefined> {
    const link = this.#nodes.get(nodeId);
    if (link === undefined) return undefined;
    const answers = await this.#surveys.ask(request, timeoutMs, [link]);
    return answers.find((answer) => answer.type === 'emulation');
  }

  #subscribe(link: ThreadLink, channel: string): void | Promise<void> {
    this.#links.get(link)?.channels.add(channel);
    return this.#fanOut.add(channel, link) ? this.#options.broker.subscribe(channel) : undefined;
  }

  #unsubscribe(link: ThreadLink, channel: string): void | Promise<void> {
    this.#links.get(link)?.channels.delete(channel);
    return this.#fanOut.remove(channel, link)
      ? this.#options.broker.unsubscribe(channel)
      : undefined;
  }

  #addPresence(link: ThreadLink, channel: string, info: ClientInfo): Promise<number | void> {
    const presence = this.#links.get(link)?.presence;
    const members = presence?.get(channel);
    if (members !== undefined) members.set(info.client, info);
    else presence?.set(channel, new Map([[info.client, info]]));
    return this.#options.presenceStore.add(channel, info);
  }

  #removePresence(link: ThreadLink, channel: string, info: ClientInfo): Promise<number | void> {
    const presence = this.#links.get(link)?.presence;
    const members = presence?.get(channel);
    members?.delete(info.client);
    if (members?.size === 0) presence?.delete(channel);
    return this.#options.presenceStore.remove(channel, info);
  }

  #end(link: ThreadLink): void {
    link.close();
    this.#forget(link);
  }

  #forget(link: ThreadLink): void {
    const belongings = this.#links.get(link);
    if (belongings === undefined) return;
    this.#links.delete(link);
    for (const [nodeId, each] of this.#nodes) if (each === link) this.#nodes.delete(nodeId);
    this.#surveys.forget(link);
    this.#directory.leaveAll(link);
    const { logger, presenceStore, broker } = this.#options;
    const failed = (error: unknown): void =>
      logger.warn({ err: error }, 'what an ended thread left behind could not be taken back');
    for (const channel of belongings.channels) {
      if (this.#fanOut.remove(channel, link)) broker.unsubscribe(channel).catch(failed);
    }
    for (const [channel, members] of belongings.presence) {
      for (const info of members.values()) presenceStore.remove(channel, info).catch(failed);
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.clock.defer(() => this.#flush());
  }

  #flush(): void {
    this.#fanOut.flush();
    const dirty = this.#dirty;
    this.#dirty = [];
    this.#isScheduled = false;
    for (const link of dirty) link.flush();
  }
}
