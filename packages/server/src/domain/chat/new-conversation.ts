/** Checks what a caller wants to create or send, and brings it into the store's shape. */
import { fail, ok, type Failure, type Outcome } from '@carillon/protocol';
import type { NewConversation } from '../../ports/chat-store.ts';
import { personOf, type Actor } from '../actor.ts';
import {
  checkJson,
  checkKey,
  checkLine,
  checkText,
  checkUsers,
  firstRefusal,
} from '../input-rules.ts';
import type { DomainLimits } from '../limits.ts';
import { tooManyMembers } from './chat-access.ts';
import type { CreateConversation, SendMessage } from './chat-service.ts';

export function newConversation(
  actor: Actor,
  input: CreateConversation,
  limits: DomainLimits,
): Outcome<NewConversation> {
  const creator = personOf(actor);
  if (creator === '') return fail('unauthorized');
  const { kind, name, title } = input;
  const max = limits.conversationMembers;
  const members =
    kind === 'room'
      ? input.members
      : [...new Set([...(creator === undefined ? [] : [creator]), ...input.members])];
  const refused =
    firstRefusal(
      checkUsers(input.members, { field: 'members', max, limits }),
      checkLine(title, { field: 'title', max: limits.titleCharacters }),
    ) ?? checkShape(kind, { name, members }, limits);
  if (refused !== undefined) return refused;
  return ok({
    kind,
    members,
    ...(name !== undefined && { name }),
    ...(title !== undefined && title !== '' && { title }),
    ...(creator !== undefined && { createdBy: creator }),
  });
}

/** What each kind must and must not have. */
function checkShape(
  kind: CreateConversation['kind'],
  { name, members }: { readonly name: string | undefined; readonly members: readonly string[] },
  limits: DomainLimits,
): Failure | undefined {
  if (kind === 'room') {
    if (members.length > 0) return fail('invalid_field', 'members: a room is public and has none');
    return checkLine(name, { field: 'name', max: limits.nameCharacters, isRequired: true });
  }
  if (name !== undefined) return fail('invalid_field', 'name: only rooms have one, use title');
  if (kind === 'direct' && members.length !== 2) {
    return fail(
      'invalid_field',
      `members: a direct conversation has 2 different people, these are ${members.length}`,
    );
  }
  if (members.length === 0) return fail('invalid_field', 'members is empty: name at least one');
  return members.length > limits.conversationMembers
    ? tooManyMembers(members.length, limits)
    : undefined;
}

export const checkAttributes = (
  { attributes }: SendMessage,
  limits: DomainLimits,
): Failure | undefined => checkJson(attributes, { field: 'attributes', limits });

export function checkMessage(
  input: SendMessage,
  limits: DomainLimits,
  { isContentRequired }: { readonly isContentRequired: boolean },
): Failure | undefined {
  return firstRefusal(
    checkText(input.content, {
      field: 'content',
      max: limits.messageCharacters,
      isRequired: isContentRequired,
    }),
    checkKey(input.clientId, { field: 'clientId', max: limits.keyCharacters }),
    checkKey(input.kind, { field: 'kind', max: limits.keyCharacters }),
  );
}
