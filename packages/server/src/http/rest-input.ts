/** Collects a procedure's input from path, query string and body of one request. */
import { fail, ok, type Outcome, type RawJson } from '@carillon/protocol';
import { pathFields, type Procedure } from '@carillon/protocol/procedures';
import type { FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import type { JsonBody } from './json-body.ts';

export interface RestInput {
  readonly input: Readonly<Record<string, unknown>>;
  /** Text of a body that is one field as a whole. */
  readonly rawBody?: RawJson;
}

type Fields = Record<string, unknown>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNumeric = (schema: TSchema | undefined): boolean =>
  schema !== undefined &&
  'type' in schema &&
  (schema.type === 'integer' || schema.type === 'number');

const isBoolean = (schema: TSchema | undefined): boolean =>
  schema !== undefined && 'type' in schema && schema.type === 'boolean';

/** Query strings know only text; what does not fit is left for the validator to refuse. */
const fromText = (text: unknown, schema: TSchema | undefined): unknown => {
  if (typeof text !== 'string') return text;
  if (isNumeric(schema) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (isBoolean(schema) && (text === 'true' || text === 'false')) return text === 'true';
  return text;
};

const pathInput = (procedure: Procedure, request: FastifyRequest): Fields => {
  const params = isRecord(request.params) ? request.params : {};
  return Object.fromEntries(pathFields(procedure.http).map((name) => [name, params[name]]));
};

const queryInput = (procedure: Procedure, request: FastifyRequest): Fields => {
  const query = isRecord(request.query) ? request.query : {};
  return Object.fromEntries(
    Object.entries(query).map(([name, text]) => [
      name,
      fromText(text, procedure.input.properties[name]),
    ]),
  );
};

const isJsonBody = (body: unknown): body is JsonBody =>
  typeof body === 'object' && body !== null && 'raw' in body && 'value' in body;

/** The request's parsed body; a missing one counts as `{}`. */
export const bodyOf = (request: FastifyRequest): JsonBody =>
  isJsonBody(request.body) ? request.body : { value: {}, raw: '{}' };

export const restInput = (procedure: Procedure, request: FastifyRequest): Outcome<RestInput> => {
  const path = pathInput(procedure, request);
  if (procedure.http.method !== 'POST') {
    return ok({ input: { ...queryInput(procedure, request), ...path } });
  }
  const body = bodyOf(request);
  if (!isRecord(body.value)) return fail('invalid_field', 'the body must be a JSON object');
  const whole = procedure.http.body?.field;
  return whole === undefined
    ? ok({ input: { ...body.value, ...path } })
    : ok({ input: { ...path, [whole]: body.value }, rawBody: body.raw });
};
