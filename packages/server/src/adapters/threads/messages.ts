/**
 * What the main thread and a worker thread say to each other: one batch per turn of the event loop
 * and direction. Everything in it is cloned on the way, so it is data only.
 */
import type { ChannelEvent, ClientInfo } from '@carillon/protocol';
import type { Identity } from '../../ports/authenticator.ts';
import type {
  HistoryPage,
  HistoryQuery,
  PublishOptions,
  PublishResult,
} from '../../ports/broker.ts';
import type { DirectoryQuery, Entry, UserLimit } from '../../ports/connection-directory.ts';
import type {
  ControlCommand,
  NodeReply,
  NodeRequest,
  SurveyAnswer,
  SurveyQuestion,
} from '../../ports/control-bus.ts';
import type { PresenceStats } from '../../ports/presence-store.ts';
import type { ConnectionInfo, ConnectionTotals } from '../../ports/server-api.ts';
import type { SharedFrame } from './shared-frame.ts';
import type { Question, QuestionAnswer } from './survey-desk.ts';

/** What the main thread does for a worker thread, by name. */
export interface HostOperations {
  subscribe(channel: string): void;
  unsubscribe(channel: string): void;
  publish(channel: string, event: ChannelEvent, options: PublishOptions): PublishResult;
  history(channel: string, query: HistoryQuery): HistoryPage;
  removeHistory(channel: string): void;
  addPresence(channel: string, info: ClientInfo): number | void;
  removePresence(channel: string, info: ClientInfo): number | void;
  listPresence(channel: string): readonly ClientInfo[];
  presenceStats(channel: string): PresenceStats;
  enter(connection: ConnectionInfo, limit: UserLimit): Entry;
  leave(connection: ConnectionInfo): void;
  leaveAll(): void;
  onlineAmong(users: readonly string[]): ReadonlySet<string>;
  find(query: DirectoryQuery): readonly ConnectionInfo[];
  totals(): ConnectionTotals;
  send(command: ControlCommand): void;
  survey(question: SurveyQuestion, timeoutMs: number): readonly SurveyAnswer[];
  answerSurvey(survey: number, answer: QuestionAnswer): void;
  /** Under which name this thread is asked alone. */
  nameNode(nodeId: string): void;
  request(nodeId: string, request: NodeRequest, timeoutMs: number): NodeReply | undefined;
  issueTicket(identity: Identity): { ticket: string; expiresInMs: number };
  redeemTicket(ticket: string): Identity | undefined;
  exchangeRates(spent: ReadonlyMap<string, number>): ReadonlyMap<string, number>;
  ping(): void;
}

export type OperationName = keyof HostOperations;
export type ArgumentsOf<Name extends OperationName> = Parameters<HostOperations[Name]>;
export type ValueOf<Name extends OperationName> = ReturnType<HostOperations[Name]>;

/** Calls that nobody waits for have this id, and get no answer. */
export const UNANSWERED = 0;

export type Call = readonly [id: number, name: OperationName, parameters: readonly unknown[]];

export type Answer =
  | readonly [id: number, status: 'done', value: unknown]
  | readonly [id: number, status: 'failed', message: string];

/** Events of one channel in their order, of one turn and one epoch. */
export interface Run {
  readonly channel: string;
  readonly epoch: string | undefined;
  readonly events: readonly ChannelEvent[];
  /** The run is one large publication, whose text is '' in `events` and stands here. */
  readonly shared?: SharedFrame;
}

/** Taken in this order: whoever reads an answer has seen the events from before it. */
export interface ToWorker {
  readonly runs: readonly Run[];
  readonly commands: readonly ControlCommand[];
  readonly surveys: readonly (readonly [id: number, question: Question])[];
  readonly answers: readonly Answer[];
  /** What the runs weigh; the worker says when it has taken them. */
  readonly weight: number;
  /** Events were withheld while the worker was behind: it must look for them. */
  readonly hasMissed: boolean;
}

export interface ToHost {
  readonly calls: readonly Call[];
  /** Of all batches taken since the last message. */
  readonly takenWeight: number;
}
