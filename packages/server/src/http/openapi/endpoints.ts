/** Endpoints that are no procedures: WebSocket paths, streams, the plain ones and those for operators. */
import { chatSend as chatSendProcedure } from '@carillon/protocol/procedures';
import { API_METHODS } from '../server-api/methods.ts';
import { problemResponse, type Json } from './operations.ts';
import { streamEndpoints } from './stream-endpoints.ts';
import { uploadEndpoints } from './upload-endpoints.ts';

const KEY = [{ apiKey: [] }];
const BEARER_OR_KEY = [{ bearer: [] }, { apiKey: [] }];

const json = (description: string, example: unknown): Json => ({
  description,
  content: { 'application/json': { schema: { type: 'object' }, example } },
});

const pathParameters = (path: string): readonly Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map((match) => ({
    name: match[1],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

const query = (name: string, description: string, isRequired = false): Json => ({
  name,
  in: 'query',
  required: isRequired,
  description,
  schema: { type: 'string' },
});

const TOKEN = query('token', 'A token. A single-use `ticket` may stand here instead.');
const ROOM = query('room', 'The room; `lobby` unless given.');
const LANGUAGE = query('lang', 'Language of system texts: en, zh-Hant, zh-Hans.');

interface WebSocketEntry {
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly Json[];
}

const WEBSOCKETS: readonly WebSocketEntry[] = [
  {
    path: '/connection/websocket',
    summary: 'Native protocol',
    description:
      'Centrifuge client protocol v2 in JSON. The first command is `connect` with the token; RPC methods are the procedures of this document.',
  },
  {
    path: '/connection/uni_websocket',
    summary: 'Native protocol, one-way',
    description:
      'Pushes of the native protocol, bare; the first is `connect`. What it needs stands in the address or is the first frame.',
    parameters: [query('cf_connect', 'The connect request as JSON.'), TOKEN],
  },
  {
    path: '/ws',
    summary: 'Echo',
    description: 'Text comes back as `Echo: <text>`, binary as it was.',
  },
  {
    path: '/ws/{user_id}',
    summary: 'Echo to all connections of a user',
    description:
      'Text comes back as `Echo: <text>` on every connection of that user, and events for the user arrive here.',
    parameters: [TOKEN],
  },
  {
    path: '/ws/chat',
    summary: 'Public chat room',
    description: 'Every message goes to everybody in the room, the sender included.',
    parameters: [ROOM, LANGUAGE, TOKEN],
  },
  {
    path: '/ws/chat/{username}',
    summary: 'Chat room under a name',
    description:
      'As `/ws/chat`, with private messages by `target_user`, and `{"type":"status"}` for who is here.',
    parameters: [ROOM, LANGUAGE, TOKEN],
  },
  {
    path: '/ws/chat/{username}/heartbeat',
    summary: 'Chat room with heartbeats',
    description:
      'The server sends `{"type":"ping"}` every 10 s; 30 s without any frame end the connection.',
    parameters: [ROOM, LANGUAGE, TOKEN],
  },
  {
    path: '/api/ws/notifications',
    summary: 'Live notifications',
    description: '`connected`, then `notification` messages, and `heartbeat`s.',
    parameters: [TOKEN],
  },
  {
    path: '/api/ws/tasks/{task_id}',
    summary: 'Live progress of a task',
    description:
      '`connected`, the present state, then `progress` and `completed` or `error`; closed with 1000 after the end.',
    parameters: [TOKEN],
  },
];

const webSocketPath = ({ path, summary, description, parameters = [] }: WebSocketEntry): Json => ({
  get: {
    summary,
    description,
    tags: ['WebSocket'],
    security: [{}],
    parameters: [...pathParameters(path), ...parameters],
    responses: {
      '101': { description: 'Switching to WebSocket' },
      '403': problemResponse('The Origin is not allowed'),
      '426': problemResponse('Not a WebSocket handshake of version 13'),
      '429': problemResponse('Too many handshakes of this address'),
    },
  },
});

/** The procedure behind it says what each field may be. */
const { content, clientId, kind, attributes, sender } = chatSendProcedure.input.properties;

const chatSend = (path: string): Json => ({
  post: {
    summary: 'Say something in a conversation',
    description: 'Stored, then told to the others. `message` and `content` mean the same.',
    tags: ['plain'],
    security: BEARER_OR_KEY,
    parameters: pathParameters(path),
    requestBody: {
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              message: content,
              content,
              clientId,
              kind,
              attributes,
              sender,
            },
          },
          example: { message: 'Hello' },
        },
      },
    },
    responses: {
      '200': json('Stored', { status: 'sent', message_id: 'm_1' }),
      '401': problemResponse('unauthorized (101)'),
      '403': problemResponse('not_member (407)'),
      '404': problemResponse('not_found (404)'),
    },
  },
});

const serverApi = (): Json =>
  Object.fromEntries(
    API_METHODS.map((method) => [
      `/api/${method.name}`,
      {
        post: {
          operationId: `api.${method.name}`,
          summary: method.summary,
          tags: ['server API'],
          security: KEY,
          requestBody: {
            content: {
              'application/json': { schema: method.parameters, example: method.example },
            },
          },
          responses: {
            '200': json('`{result}`, or `{error: {code, message}}`', { result: {} }),
            '401': json('The API key is missing or wrong', {
              error: { code: 101, message: 'unauthorized' },
            }),
          },
        },
      },
    ]),
  );

const get = (summary: string, tag: string, rest: Json): Json => ({
  get: { summary, tags: [tag], security: [{}], ...rest },
});

const text = (description: string, type: string): Json => ({
  '200': { description, content: { [type]: { schema: { type: 'string' } } } },
});

const PLAIN: Json = {
  '/api/chat/{conversation_id}/send': chatSend('/api/chat/{conversation_id}/send'),
  '/chat/{conversation_id}/send': chatSend('/chat/{conversation_id}/send'),
  '/api/ws/stats': get('Who is connected, how often', 'plain', {
    description:
      'Needs an API key, an admin token or the admin password, except from this machine in development.',
    security: [...BEARER_OR_KEY, { adminPassword: [] }],
    responses: {
      '200': json('Totals and connections per user', {
        total_users: 1,
        total_connections: 2,
        users: { alice: 2 },
      }),
      '401': problemResponse('unauthorized (101)'),
    },
  }),
  '/api/v1/console/login': {
    get: {
      summary: 'Whether operators log in with a password here',
      tags: ['console'],
      security: [{}],
      responses: { '200': json('What there is', { password: true }) },
    },
    post: {
      summary: "The operators' password for a short-lived token",
      description:
        'The token goes into `Authorization: Bearer`. With such a token and without a password: the same for longer, for 12 hours at most.',
      tags: ['console'],
      security: [{}],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { type: 'object', properties: { password: { type: 'string' } } },
            example: { password: 'correct horse battery staple' },
          },
        },
      },
      responses: {
        '200': json('A token', {
          token: 'console.…',
          expires_at: '2026-11-20T10:30:00.000Z',
        }),
        '401': problemResponse('unauthorized (101): the password is wrong'),
        '404': problemResponse('not_available (108): ADMIN_PASSWORD is not set'),
        '429': problemResponse('too_many_requests (111): too many wrong passwords'),
      },
    },
  },
  '/api/notifications/stream': get('Live notifications as server-sent events', 'plain', {
    description: 'Events `notification` with an `id`; `Last-Event-ID` resumes after it.',
    parameters: [TOKEN],
    responses: {
      ...text('An endless stream', 'text/event-stream'),
      '401': problemResponse('unauthorized (101)'),
    },
  }),
  '/health': get('The process is alive', 'operations', {
    responses: { '200': json('Alive', { status: 'ok' }) },
  }),
  '/ready': get('Every part answers and the server is not draining', 'operations', {
    responses: {
      '200': json('Ready', { status: 'ready', checks: { store: { status: 'ok', ms: 1.2 } } }),
      '503': json('Not ready', {
        status: 'not_ready',
        checks: { store: { status: 'failed', ms: 0.4, reason: 'disk full' } },
      }),
    },
  }),
  '/metrics': get('Metrics in the Prometheus text format', 'operations', {
    responses: text('Metrics', 'text/plain'),
  }),
};

export const documentedEndpoints = (): Json => ({
  ...uploadEndpoints(),
  ...streamEndpoints(),
  ...PLAIN,
  ...serverApi(),
  ...Object.fromEntries(WEBSOCKETS.map((entry) => [entry.path, webSocketPath(entry)])),
});
