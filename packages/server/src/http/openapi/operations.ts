/** Procedures as OpenAPI operations. */
import { ERRORS, type ErrorName } from '@carillon/protocol';
import { pathFields, type Procedure, type ProcedureAccess } from '@carillon/protocol/procedures';

export type Json = Readonly<Record<string, unknown>>;

const SECURITY: Readonly<Record<ProcedureAccess, readonly Json[]>> = {
  anyone: [{}],
  user: [{ bearer: [] }],
  backend: [{ apiKey: [] }],
  'user-or-backend': [{ bearer: [] }, { apiKey: [] }],
  admin: [{ apiKey: [] }],
};

const ALWAYS: readonly ErrorName[] = ['invalid_field', 'internal'];
const WITH_ACCESS: readonly ErrorName[] = ['unauthorized', 'permission_denied'];

export const problemResponse = (description: string): Json => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const errorResponses = (procedure: Procedure): Json => {
  const names = new Set([
    ...ALWAYS,
    ...(procedure.access === 'anyone' ? [] : WITH_ACCESS),
    ...procedure.errors,
  ]);
  const byStatus = new Map<number, ErrorName[]>();
  for (const name of names) {
    const { httpStatus } = ERRORS[name];
    byStatus.set(httpStatus, [...(byStatus.get(httpStatus) ?? []), name]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, listed]) => [
      String(status),
      problemResponse(listed.map((name) => `${name} (${ERRORS[name].code})`).join(', ')),
    ]),
  );
};

const without = (source: Json, names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(source).filter(([name]) => !names.includes(name)));

const isRequired = (procedure: Procedure, name: string): boolean =>
  procedure.input.required?.includes(name) ?? false;

const parameters = (procedure: Procedure): readonly Json[] => {
  const inPath = pathFields(procedure.http);
  const { properties } = procedure.input;
  const path = inPath.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name],
  }));
  if (procedure.http.method === 'POST') return path;
  const query = Object.entries(properties)
    .filter(([name]) => !inPath.includes(name))
    .map(([name, schema]) => ({
      name,
      in: 'query',
      required: isRequired(procedure, name),
      schema,
    }));
  return [...path, ...query];
};

const bodySchema = (procedure: Procedure): unknown => {
  const whole = procedure.http.body?.field;
  if (whole !== undefined) return procedure.input.properties[whole];
  const inPath = pathFields(procedure.http);
  const required = (procedure.input.required ?? []).filter((name) => !inPath.includes(name));
  return {
    type: 'object',
    ...(required.length > 0 && { required }),
    properties: without(procedure.input.properties, inPath),
    additionalProperties: false,
  };
};

const bodyExample = (procedure: Procedure): unknown => {
  const given: Json = { ...procedure.example.input };
  const whole = procedure.http.body?.field;
  return whole === undefined ? without(given, pathFields(procedure.http)) : given[whole];
};

const requestBody = (procedure: Procedure): Json => {
  if (procedure.http.method !== 'POST') return {};
  const schema = bodySchema(procedure);
  return {
    requestBody: { content: { 'application/json': { schema, example: bodyExample(procedure) } } },
  };
};

const answers = (procedure: Procedure): Json => {
  const { successStatus = 200, repeatedStatus } = procedure.http;
  const content = {
    'application/json': { schema: procedure.output, example: procedure.example.output },
  };
  return {
    [String(successStatus)]: { description: 'Done', content },
    ...(repeatedStatus !== undefined && {
      [String(repeatedStatus)]: { description: 'A repeat: the first result', content },
    }),
  };
};

export const operationOf = (procedure: Procedure): Json => ({
  operationId: procedure.name,
  summary: procedure.summary,
  description: [procedure.description, `RPC method: \`${procedure.name}\`.`]
    .filter((line) => line !== undefined)
    .join('\n\n'),
  tags: [procedure.name.split('.')[0] ?? procedure.name],
  security: SECURITY[procedure.access],
  parameters: parameters(procedure),
  ...requestBody(procedure),
  responses: { ...answers(procedure), ...errorResponses(procedure) },
});
