/** Who may do what in a conversation. Each answers the refusal, or undefined when it is allowed. */
import { fail, type Failure } from '@carillon/protocol';
import type { Actor } from '../actor.ts';
import type { DomainLimits } from '../limits.ts';
import type { KnownConversation } from './conversation-directory.ts';

export const notFound = (id: string): Failure =>
  fail('not_found', `there is no conversation ${JSON.stringify(id.slice(0, 64))}`);

export const needsPerson = (): Failure =>
  fail('invalid_field', 'say for which user: an API key names nobody by itself');

export const tooManyMembers = (count: number, limits: DomainLimits): Failure =>
  fail(
    'too_many',
    `a conversation of ${count} members: at most ${limits.conversationMembers} are allowed, use a room`,
  );

/** Rooms are public; everything else is for members. A backend reads all. */
export function mayRead(actor: Actor, conversation: KnownConversation): Failure | undefined {
  if (actor.backend === true) return undefined;
  if (conversation.kind === 'room') {
    return actor.user === '' ? fail('unauthorized') : undefined;
  }
  return conversation.roles.has(actor.user) ? undefined : fail('not_member');
}

export function mayWrite(actor: Actor, conversation: KnownConversation): Failure | undefined {
  const refused = mayRead(actor, conversation);
  if (refused !== undefined || actor.backend === true) return refused;
  if (conversation.kind !== 'broadcast') return undefined;
  return conversation.roles.get(actor.user) === 'owner'
    ? undefined
    : fail('permission_denied', 'only owners write in a broadcast conversation');
}

export function mayChangeMembers(
  actor: Actor,
  conversation: KnownConversation,
  removed: readonly string[],
): Failure | undefined {
  const { kind, roles } = conversation;
  if (actor.backend !== true && kind !== 'room' && !roles.has(actor.user))
    return fail('not_member');
  if (kind === 'room') return fail('conflict', 'a room is public: it has no members to change');
  if (kind === 'direct') return fail('conflict', 'a direct conversation stays with its two people');
  if (actor.backend === true || roles.get(actor.user) === 'owner') return undefined;
  const isLeaving = removed.length === 1 && removed[0] === actor.user;
  return isLeaving ? undefined : fail('permission_denied', 'only owners change the members');
}
