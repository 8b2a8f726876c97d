/** Checks of what callers hand in. Each answers the refusal, or undefined when all is well. */
import { fail, type Failure, type RawJson } from '@carillon/protocol';
import type { DomainLimits } from './limits.ts';

export interface TextRule {
  readonly field: string;
  readonly max: number;
  /** @default false */
  readonly isRequired?: boolean;
}

/** Control characters, line ends, and the marks that turn the direction of the text after them. */
const CONTROL = /[\p{Cc}\u2028-\u202e]/u;

/** Schemes that run code or carry content in the link itself, where somebody will click it. */
const DANGEROUS_SCHEME = /^\s*(?:javascript|data|vbscript|blob|file):/iu;

/** Code points, because that is what people count; only texts near the limit are walked. */
const characters = (text: string, max: number): number =>
  text.length <= max || text.length > max * 2 ? text.length : Array.from(text).length;

/** Free text: any characters, up to `max`. */
export function checkText(value: string | undefined, rule: TextRule): Failure | undefined {
  if (value === undefined || value === '') {
    return rule.isRequired === true
      ? fail('invalid_field', `${rule.field} is empty: give at least one character`)
      : undefined;
  }
  const count = characters(value, rule.max);
  if (count <= rule.max) return undefined;
  return fail('too_long', `${rule.field} has ${count} characters: shorten it to ${rule.max}`);
}

/** One line: no control characters, no lone surrogates, not only blanks. */
export function checkLine(value: string | undefined, rule: TextRule): Failure | undefined {
  const refused = checkText(value, rule);
  if (refused !== undefined || value === undefined || value === '') return refused;
  if (CONTROL.test(value) || !value.isWellFormed()) {
    return fail('invalid_field', `${rule.field} contains control characters: leave them out`);
  }
  if (value.trim() === '') {
    return fail('invalid_field', `${rule.field} is blank: give at least one visible character`);
  }
  return undefined;
}

/** May be left out, but not empty: an empty key would make different things the same. */
export const checkKey = (value: string | undefined, rule: TextRule): Failure | undefined =>
  value === undefined ? undefined : checkLine(value, { ...rule, isRequired: true });

export function checkUser(
  value: string,
  limits: DomainLimits,
  field = 'user',
): Failure | undefined {
  return checkLine(value, { field, max: limits.userIdCharacters, isRequired: true });
}

export interface UsersRule {
  readonly field: string;
  readonly max: number;
  readonly limits: DomainLimits;
}

export function checkUsers(users: readonly string[], rule: UsersRule): Failure | undefined {
  if (users.length > rule.max) {
    return fail('too_many', `${rule.field} has ${users.length} entries: send at most ${rule.max}`);
  }
  for (const user of users) {
    const refused = checkUser(user, rule.limits, rule.field);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

export function checkLink(link: string | undefined, limits: DomainLimits): Failure | undefined {
  const refused = checkLine(link, { field: 'link', max: limits.linkCharacters });
  if (refused !== undefined || link === undefined) return refused;
  if (!DANGEROUS_SCHEME.test(link)) return undefined;
  return fail('invalid_field', 'link has a scheme that can run code: use https, or a path');
}

export interface JsonRule {
  readonly field: string;
  readonly limits: DomainLimits;
}

/** JSON text that was parsed at the edge; only its size is looked at here. */
export function checkJson(json: RawJson | undefined, rule: JsonRule): Failure | undefined {
  const max = rule.limits.jsonCharacters;
  if (json === undefined || json.length <= max) return undefined;
  return fail(
    'too_long',
    `${rule.field} has ${json.length} characters of JSON: send at most ${max}`,
  );
}

/** The first refusal of several checks. */
export const firstRefusal = (...checks: readonly (Failure | undefined)[]): Failure | undefined =>
  checks.find((check) => check !== undefined);

export interface LimitRule {
  readonly fallback: number;
  readonly max: number;
}

/** A page size that is there and sane: missing → `fallback`, too big → `max`. */
export const pageSize = (limit: number | undefined, rule: LimitRule): number =>
  limit === undefined || !Number.isFinite(limit)
    ? rule.fallback
    : Math.max(1, Math.min(rule.max, Math.trunc(limit)));
