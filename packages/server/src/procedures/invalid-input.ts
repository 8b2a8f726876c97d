/** Turns a validator's findings into one failure that says which field, what is wrong and what was given. */
import { fail, type ErrorName, type Failure } from '@carillon/protocol';
import type { TLocalizedValidationError } from 'typebox/error';

const MAX_QUOTED_CHARACTERS = 60;

const ERROR_OF_KEYWORD: Readonly<Record<string, ErrorName>> = {
  maxLength: 'too_long',
  maxItems: 'too_many',
};

const fieldName = (error: TLocalizedValidationError): string =>
  error.instancePath.slice(1).replaceAll('/', '.');

const valueAt = (input: unknown, path: string): unknown =>
  path
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
      input,
    );

const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_QUOTED_CHARACTERS ? `${text.slice(0, MAX_QUOTED_CHARACTERS)}…` : text;
};

const allowedValues = (errors: readonly TLocalizedValidationError[], path: string): string[] =>
  errors.flatMap((error) =>
    error.keyword === 'const' && error.instancePath === path
      ? [JSON.stringify(error.params.allowedValue)]
      : [],
  );

const describe = (
  error: TLocalizedValidationError,
  errors: readonly TLocalizedValidationError[],
): string => {
  if (error.keyword === 'required') {
    return error.params.requiredProperties.map((name) => `"${name}" is required`).join(', ');
  }
  if (error.keyword === 'additionalProperties') {
    return error.params.additionalProperties.map((name) => `"${name}" is not a field`).join(', ');
  }
  const allowed = allowedValues(errors, error.instancePath);
  return allowed.length > 0 ? `must be one of ${allowed.join(', ')}` : error.message;
};

/** The findings of a nested alternative say less than the alternative's own. */
const isDetail = (error: TLocalizedValidationError): boolean =>
  error.schemaPath.includes('/anyOf/') || error.keyword === 'boolean';

/** `errors` are the validator's for `input`, in its order. */
export const describeInvalidInput = (
  errors: readonly TLocalizedValidationError[],
  input: unknown,
): Failure => {
  const first = errors.find((error) => !isDetail(error)) ?? errors[0];
  if (first === undefined) return fail('invalid_field');
  const name = ERROR_OF_KEYWORD[first.keyword] ?? 'invalid_field';
  const what = describe(first, errors);
  if (first.instancePath === '') return fail(name, what);
  const given = quoted(valueAt(input, first.instancePath));
  return fail(name, `"${fieldName(first)}" ${what}, got ${given}`);
};
