/**
 * One message, one effect, one place in line: which idempotency field of a procedure an id becomes,
 * and what a message is ordered by when nobody said it.
 */
import { createHash } from 'node:crypto';
import type { QueueMessage } from '../ports/queue-source.ts';
import type { Envelope } from './envelope.ts';

type Input = Envelope['input'];

const MAX_ID_CHARACTERS = 128;

const isObject = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const within =
  (field: string) =>
  (input: Input, id: string): Input =>
    input[field] === undefined || input[field] === null ? { ...input, [field]: id } : input;

/** `message.clientId`, where the message is an object: else the check of the input says what is wrong. */
const inside =
  (object: string) =>
  (input: Input, id: string): Input => {
    const inner = input[object];
    return isObject(inner) ? { ...input, [object]: within('clientId')(inner, id) } : input;
  };

/** What the caller wrote in the field itself wins over the message's id. */
const IDEMPOTENCY: ReadonlyMap<string, (input: Input, id: string) => Input> = new Map([
  ['publish', within('idempotency_key')],
  ['notify', within('dedupeKey')],
  ['chat.send', within('clientId')],
  ['broadcasting.broadcastMessage', inside('message')],
  ['broadcasting.sendDirectMessage', inside('message')],
  ['broadcasting.broadcastConsultationReply', inside('reply')],
  ['broadcasting.broadcastSystemNotification', within('dedupeKey')],
]);

/** Whether the procedure itself takes effect once per id, for good. */
export const hasIdField = (procedure: string): boolean => IDEMPOTENCY.has(procedure);

/** The input with the message's id in it, where the procedure knows such a field. */
export const withId = ({ procedure, input }: Envelope, id: string | undefined): Input => {
  const put = IDEMPOTENCY.get(procedure);
  return put === undefined || id === undefined ? input : put(input, id);
};

/** The producer's id, else the technology's own, which other technologies may use too. */
export const idOf = (
  envelope: Envelope,
  { id }: QueueMessage,
  source: string,
): string | undefined => {
  if (envelope.id !== undefined) return envelope.id;
  if (id === undefined) return undefined;
  const full = `${source}:${id}`;
  return full.length <= MAX_ID_CHARACTERS
    ? full
    : `${source}:${createHash('sha256').update(id).digest('base64url')}`;
};

/** In this order: the first one that an input has says what it is about. */
const SUBJECTS = ['task_id', 'conversation_id', 'channel', 'user_id'] as const;

/** Undefined: it may overtake everything and be overtaken. */
export const keyOf = ({ key, input }: Envelope, message: QueueMessage): string | undefined => {
  const given = key ?? message.key;
  if (given !== undefined) return `key:${given}`;
  for (const field of SUBJECTS) {
    const value = input[field];
    if (typeof value === 'string') return `${field}:${value}`;
  }
  const users = input['users'];
  return Array.isArray(users) && users.length === 1 && typeof users[0] === 'string'
    ? `user_id:${users[0]}`
    : undefined;
};
