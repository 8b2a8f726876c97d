/** Who a call speaks for, and for whom it may act. Made from verified credentials only. */
import { fail, ok, type Outcome } from '@carillon/protocol';
import type { ProcedureAccess } from '@carillon/protocol/procedures';
import type { Actor as DomainActor } from '../domain/actor.ts';

export type Actor =
  | { readonly type: 'anonymous' }
  | { readonly type: 'user'; readonly user: string; readonly isAdmin: boolean }
  /** An application's own server, by API key, or the operator, by password; `key` is a label, never the key. */
  | { readonly type: 'backend'; readonly key: string };

export const ANONYMOUS: Actor = { type: 'anonymous' };

/** To the domain: who looks at something of their own, or a backend that looks at anything. */
export const viewerOf = (actor: Actor): DomainActor => {
  if (actor.type === 'backend') return { backend: true };
  return { user: actor.type === 'user' ? actor.user : '' };
};

const isOperator = (actor: Actor): boolean =>
  actor.type === 'backend' || (actor.type === 'user' && actor.isAdmin);

/** `unauthorized` where logging in would help, `permission_denied` where it would not. */
export const checkAccess = (actor: Actor, access: ProcedureAccess): Outcome<void> => {
  const isAllowed = {
    anyone: true,
    user: actor.type === 'user',
    backend: isOperator(actor),
    'user-or-backend': actor.type !== 'anonymous',
    admin: isOperator(actor),
  }[access];
  if (isAllowed) return ok(undefined);
  if (actor.type === 'anonymous') {
    return fail(
      'unauthorized',
      access === 'backend' || access === 'admin'
        ? 'an API key is required (header X-API-Key)'
        : 'a token is required (header Authorization: Bearer)',
    );
  }
  return fail(
    'permission_denied',
    access === 'user' ? 'this needs a user token, not an API key' : 'this needs an API key',
  );
};

/**
 * The user a call acts for: the token's own, or whom a backend names in `field`. `value` undefined:
 * a backend that names nobody acts on its own authority.
 */
export const subjectOf = (
  actor: Actor,
  named: string | undefined,
  field: string,
): Outcome<string | undefined> => {
  if (actor.type === 'backend') return ok(named);
  if (actor.type === 'anonymous') return fail('unauthorized');
  if (named !== undefined && named !== actor.user) {
    return fail('permission_denied', `"${field}" must be the token's own user`);
  }
  return ok(actor.user);
};

/** As `subjectOf`, where the call makes no sense without a user. */
export const requireSubject = (
  actor: Actor,
  named: string | undefined,
  field: string,
): Outcome<string> => {
  const subject = subjectOf(actor, named, field);
  if (!subject.ok) return subject;
  return subject.value === undefined
    ? fail('invalid_field', `"${field}" is required with an API key`)
    : ok(subject.value);
};
