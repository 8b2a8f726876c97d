/** What nodes say to each other, as JSON. Anything this version does not know is undefined. */
import type {
  ControlCommand,
  NodeReply,
  NodeRequest,
  SurveyAnswer,
  SurveyQuestion,
} from '../../ports/control-bus.ts';

export type ControlMessage =
  | { readonly from: string; readonly command: ControlCommand }
  | { readonly from: string; readonly id: string; readonly question: SurveyQuestion };

export interface SurveyReply {
  readonly from: string;
  readonly id: string;
  readonly answer: SurveyAnswer;
}

/** To one node, on a channel of its own. */
export interface RequestMessage {
  readonly from: string;
  readonly id: string;
  readonly request: NodeRequest;
}

/** Absent `reply`: the node does not know what to do with the request. */
export interface RequestReply {
  readonly from: string;
  readonly id: string;
  readonly reply?: NodeReply;
}

const COMMANDS: ReadonlySet<string> = new Set<ControlCommand['type']>([
  'disconnect',
  'unsubscribe',
  'subscribe',
  'refresh',
  'invalidate',
]);
const SURVEYS: ReadonlySet<string> = new Set<SurveyQuestion['type']>([
  'node',
  'channels',
  'statistics',
  'online-users',
  'channel-counts',
]);

export function readMessage(bytes: Buffer): ControlMessage | undefined {
  const { from, id, command, question } = objectOf(parse(bytes));
  if (typeof from !== 'string') return undefined;
  if (isCommand(command)) return { from, command };
  return typeof id === 'string' && isQuestion(question) ? { from, id, question } : undefined;
}

export function readReply(bytes: Buffer): SurveyReply | undefined {
  const { from, id, answer } = objectOf(parse(bytes));
  if (typeof from !== 'string' || typeof id !== 'string') return undefined;
  return isAnswer(answer) ? { from, id, answer } : undefined;
}

export function readRequest(bytes: Buffer): RequestMessage | undefined {
  const { from, id, request } = objectOf(parse(bytes));
  const { type, session, data } = objectOf(request);
  if (typeof from !== 'string' || typeof id !== 'string' || type !== 'emulation') return undefined;
  if (typeof session !== 'string' || typeof data !== 'string') return undefined;
  return { from, id, request: { type, session, data } };
}

export function readRequestReply(bytes: Buffer): RequestReply | undefined {
  const { from, id, reply } = objectOf(parse(bytes));
  if (typeof from !== 'string' || typeof id !== 'string') return undefined;
  const { type, isDelivered } = objectOf(reply);
  const isReply = type === 'emulation' && typeof isDelivered === 'boolean';
  return isReply ? { from, id, reply: { type, isDelivered } } : { from, id };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** Only nodes write here; what is checked is whether a newer one says something unknown. */
function isCommand(value: unknown): value is ControlCommand {
  const { type, user, id } = objectOf(value);
  if (typeof type !== 'string' || !COMMANDS.has(type)) return false;
  return typeof (type === 'invalidate' ? id : user) === 'string';
}

const isQuestion = (value: unknown): value is SurveyQuestion => hasType(value, SURVEYS);

function isAnswer(value: unknown): value is SurveyAnswer {
  const { node, channels, statistics, users } = objectOf(value);
  return hasType(value, SURVEYS) && [node, channels, statistics, users].some(isObject);
}

function hasType(value: unknown, types: ReadonlySet<string>): boolean {
  const { type } = objectOf(value);
  return typeof type === 'string' && types.has(type);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const objectOf = (value: unknown): { readonly [key in Field]?: unknown } =>
  isObject(value) ? value : {};

type Field =
  | 'from'
  | 'id'
  | 'command'
  | 'question'
  | 'answer'
  | 'type'
  | 'user'
  | 'node'
  | 'channels'
  | 'statistics'
  | 'users'
  | 'request'
  | 'reply'
  | 'session'
  | 'data'
  | 'isDelivered';
