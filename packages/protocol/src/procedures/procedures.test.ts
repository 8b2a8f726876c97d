import { describe, expect, test } from 'vitest';
import { Compile } from 'typebox/compile';
import { ERRORS } from '../errors.ts';
import { PROCEDURES, pathFields } from './index.ts';

describe.each(PROCEDURES.map((procedure) => [procedure.name, procedure] as const))(
  '%s',
  (_name, procedure) => {
    test('its example input and output satisfy its schemas', () => {
      expect(Compile(procedure.input).Errors(procedure.example.input)).toEqual([]);
      expect(Compile(procedure.output).Errors(procedure.example.output)).toEqual([]);
    });

    test('every field of its path and body is an input field', () => {
      const fields = Object.keys(procedure.input.properties);
      const { body } = procedure.http;
      expect(fields).toEqual(
        expect.arrayContaining([...pathFields(procedure.http), ...(body ? [body.field] : [])]),
      );
    });

    test('it names only errors of the table', () => {
      for (const error of procedure.errors) expect(ERRORS).toHaveProperty(error);
    });
  },
);

test('a name and a route belong to one procedure only', () => {
  const names = PROCEDURES.map(({ name }) => name);
  const routes = PROCEDURES.map(({ http }) => `${http.method} ${http.path}`);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(routes).size).toBe(routes.length);
});
