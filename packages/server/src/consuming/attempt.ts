/** One attempt at one message: the procedure is called, and its outcome becomes a verdict. */
import { ERRORS, fail, type ErrorName, type Failure, type Outcome } from '@carillon/protocol';
import type { Publisher } from '../ports/server-api.ts';
import type { Actor } from '../procedures/actor.ts';
import type { Dispatcher } from '../procedures/dispatcher.ts';
import type { Envelope } from './envelope.ts';
import { PUBLISH, publishFromQueue } from './publish.ts';

export type Verdict =
  | { readonly type: 'done' }
  /** It had taken effect before. */
  | { readonly type: 'repeat' }
  /** May go well another time. */
  | { readonly type: 'again'; readonly reason: string }
  /** Will never go well. */
  | { readonly type: 'never'; readonly reason: string };

export interface AttemptDeps {
  readonly dispatcher: Dispatcher;
  readonly publisher: Publisher;
  readonly actor: Actor;
}

/**
 * Refused for a state that another message, of another key, may still change; the error table
 * speaks to callers who know in what order they call.
 */
const MAY_CHANGE: ReadonlySet<ErrorName> = new Set(['not_found', 'not_member', 'not_available']);

/** The status that a call leaves its task in. */
const END_OF_TASK: ReadonlyMap<string, string> = new Map([
  ['task.complete', 'completed'],
  ['task.fail', 'failed'],
  ['task.confirmCancel', 'cancelled'],
]);

export const reasonOf = ({ error, message }: Failure): string =>
  `${error}: ${message ?? ERRORS[error].message}`;

export const attempt = async (
  deps: AttemptDeps,
  { procedure, input }: Pick<Envelope, 'procedure' | 'input'>,
): Promise<Verdict> => {
  const outcome = await call(deps, procedure, input);
  if (outcome.ok) return { type: outcome.value.isRepeat ? 'repeat' : 'done' };
  const reason = reasonOf(outcome);
  if (outcome.error === 'task_finished' && (await isSettled(deps, procedure, input))) {
    return { type: 'repeat' };
  }
  const isHopeless = ERRORS[outcome.error].retry !== 'later' && !MAY_CHANGE.has(outcome.error);
  return { type: isHopeless ? 'never' : 'again', reason };
};

async function call(
  { dispatcher, publisher, actor }: AttemptDeps,
  procedure: string,
  input: Envelope['input'],
): Promise<Outcome<{ readonly isRepeat: boolean }>> {
  if (procedure === PUBLISH) {
    try {
      return await publishFromQueue(publisher, input);
    } catch (error) {
      return fail('internal', error instanceof Error ? error.message : String(error));
    }
  }
  return dispatcher.call(procedure, input, { actor });
}

/**
 * The task has ended. Progress that arrives after the end says nothing any more, and an end that
 * is there already is what was asked for; a different end is a contradiction somebody must see.
 */
async function isSettled(
  { dispatcher, actor }: AttemptDeps,
  procedure: string,
  { task_id: id }: Envelope['input'],
): Promise<boolean> {
  if (procedure === 'task.progress' || procedure === 'task.cancel') return true;
  const found = await dispatcher.call('task.get', { task_id: id }, { actor });
  if (!found.ok) return false;
  const task = found.value.output;
  const status = typeof task === 'object' && task !== null ? Reflect.get(task, 'status') : '';
  return END_OF_TASK.get(procedure) === status;
}

const GROUPS = ['task.', 'broadcasting.'] as const;
const SINGLE: ReadonlySet<string> = new Set(['notify', 'chat.send', 'users.event']);

/** What a queue may call: that which does something. A question would have nobody to answer. */
export const checkProcedure = (dispatcher: Dispatcher, name: string): Failure | undefined => {
  if (name === PUBLISH) return undefined;
  const procedure = dispatcher.procedures.find((known) => known.name === name);
  if (procedure === undefined) {
    return fail('method_not_found', `unknown procedure "${name.slice(0, 100)}"`);
  }
  const isOffered = SINGLE.has(name) || GROUPS.some((group) => name.startsWith(group));
  return isOffered && procedure.http.method !== 'GET'
    ? undefined
    : fail('method_not_found', `"${name}" cannot be called through a queue`);
};
