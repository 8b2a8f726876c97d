import { chatSend, PROCEDURES } from '@carillon/protocol/procedures';
import { Compile } from 'typebox/compile';
import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { openApiDocument } from './document.ts';

const Schema = Type.Unknown();
const Content = Type.Record(
  Type.String(),
  Type.Object({ schema: Schema, example: Type.Optional(Type.Unknown()) }),
);
const Operation = Type.Object({
  operationId: Type.Optional(Type.String()),
  summary: Type.String({ minLength: 1 }),
  tags: Type.Array(Type.String(), { minItems: 1 }),
  security: Type.Array(Type.Record(Type.String(), Type.Array(Type.String()))),
  parameters: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String(),
        in: Type.Union([Type.Literal('path'), Type.Literal('query')]),
        required: Type.Boolean(),
        schema: Schema,
      }),
    ),
  ),
  requestBody: Type.Optional(Type.Object({ content: Content })),
  responses: Type.Record(
    Type.String(),
    Type.Object({ description: Type.String({ minLength: 1 }), content: Type.Optional(Content) }),
  ),
});
const Document = Compile(
  Type.Object({
    openapi: Type.Literal('3.1.1'),
    info: Type.Object({ title: Type.String(), version: Type.String() }),
    paths: Type.Record(Type.String(), Type.Record(Type.String(), Operation)),
    components: Type.Object({ schemas: Type.Object({ Problem: Schema }) }),
  }),
);

const document: unknown = JSON.parse(JSON.stringify(openApiDocument(PROCEDURES, '1.2.3')));
const paths = Document.Check(document) ? document.paths : {};
const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);

test('the document has the structure that OpenAPI 3.1 asks for', () => {
  expect(Document.Errors(document)).toEqual([]);
});

test.each(PROCEDURES.map((procedure) => [procedure.name, procedure] as const))(
  '%s is in it, under its route, with its access and its errors',
  (name, { http, access }) => {
    const operation = paths[http.path]?.[http.method.toLowerCase()];
    expect(operation).toMatchObject({ operationId: name });
    expect(Object.keys(operation?.responses ?? {})).toContain(String(http.successStatus ?? 200));
    const schemes = operation?.security.flatMap((scheme) => Object.keys(scheme)) ?? [];
    expect(schemes.includes('apiKey')).toBe(access !== 'user' && access !== 'anyone');
  },
);

test('every name in a path is one of its parameters, and the other way round', () => {
  for (const { path, operation } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const declared = (operation.parameters ?? [])
      .filter((parameter) => parameter.in === 'path')
      .map((parameter) => parameter.name);
    expect(declared, path).toEqual(inPath);
  }
});

test('an operation id is used once', () => {
  const ids = operations.flatMap(({ operation }) => operation.operationId ?? []);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the plain endpoints and the WebSocket paths are documented too', () => {
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      '/connection/websocket',
      '/ws',
      '/ws/{user_id}',
      '/ws/chat',
      '/ws/chat/{username}',
      '/ws/chat/{username}/heartbeat',
      '/api/ws/notifications',
      '/api/ws/tasks/{task_id}',
      '/api/ws/stats',
      '/api/notifications/stream',
      '/api/chat/{conversation_id}/send',
      '/chat/{conversation_id}/send',
      '/api/v1/uploads',
      '/api/v1/uploads/{upload_id}/content',
      '/api/publish',
      '/api/batch',
      '/health',
      '/ready',
      '/metrics',
    ]),
  );
});

test('the short way of chat.send allows what chat.send allows', () => {
  const schemaAt = (path: string): unknown =>
    operations.find((one) => one.path === path && one.method === 'post')?.operation.requestBody
      ?.content['application/json']?.schema;
  const short = schemaAt('/api/chat/{conversation_id}/send');
  expect(short).toHaveProperty('properties.message');
  expect(schemaAt('/api/v1/conversations/{conversation_id}/messages')).toHaveProperty('properties');
  for (const field of ['content', 'clientId', 'kind', 'attributes', 'sender'] as const) {
    const allowed: unknown = JSON.parse(JSON.stringify(chatSend.input.properties[field]));
    expect(short).toHaveProperty(['properties', field], allowed);
  }
});

test('examples of bodies satisfy their schemas', () => {
  for (const { operation, path } of operations) {
    const bodies = [
      operation.requestBody?.content,
      ...Object.values(operation.responses).map((r) => r.content),
    ];
    for (const content of bodies) {
      for (const { schema, example } of Object.values(content ?? {})) {
        if (example === undefined || typeof schema !== 'object' || schema === null) continue;
        expect(Compile(schema).Errors(example), path).toEqual([]);
      }
    }
  }
});
