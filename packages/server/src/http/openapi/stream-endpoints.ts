/** The native protocol without WebSocket: streams, one-way ones, and what clients of streams say. */
import { problemResponse, type Json } from './operations.ts';

const CF_CONNECT = (what: string): Json => ({
  name: 'cf_connect',
  in: 'query',
  required: false,
  description: what,
  schema: { type: 'string' },
});

const TOKEN: Json = {
  name: 'token',
  in: 'query',
  required: false,
  description: 'A token. A single-use `ticket` may stand here instead.',
  schema: { type: 'string' },
};

const REFUSALS: Json = {
  '403': problemResponse('The Origin is not allowed'),
  '413': problemResponse('too_long (405): more than MAX_FRAME_BYTES'),
  '429': problemResponse('Too many connects of this address'),
  '503': problemResponse('Too many connects, or too many that have not logged in'),
};

const stream = (type: string, example: string): Json => ({
  description: 'An endless stream; refusals of the connect command are part of it',
  content: { [type]: { schema: { type: 'string' }, example } },
});

const command = (example: object): Json => ({
  content: { 'application/json': { schema: { type: 'object' }, example } },
});

const CONNECT = { id: 1, connect: { token: 'eyJ…' } };
const REPLY = '{"id":1,"connect":{"client":"…","ping":25,"pong":true,"session":"…","node":"…"}}';

const operation = (summary: string, description: string, rest: Json): Json => ({
  summary,
  description,
  tags: ['streams'],
  security: [{}],
  ...rest,
});

const sse = (summary: string, description: string, parameters: readonly Json[]): Json =>
  operation(summary, description, {
    parameters,
    responses: { '200': stream('text/event-stream', `data: ${REPLY}\n\n`), ...REFUSALS },
  });

export const streamEndpoints = (): Json => ({
  '/connection/http_stream': {
    post: operation(
      'Native protocol as a stream of lines',
      'The body is the connect command; replies and pushes are a line of JSON each.',
      {
        requestBody: command(CONNECT),
        responses: { '200': stream('application/x-ndjson', `${REPLY}\n`), ...REFUSALS },
      },
    ),
  },
  '/connection/sse': {
    get: sse('Native protocol as server-sent events', 'For `EventSource`; resumes by its ids.', [
      CF_CONNECT('The connect command as JSON.'),
    ]),
    post: {
      ...sse('Native protocol as server-sent events', 'The body is the connect command.', []),
      requestBody: command(CONNECT),
    },
  },
  '/connection/uni_sse': {
    get: sse(
      'One-way server-sent events',
      'Pushes of the native protocol, bare: the first is `connect`.',
      [CF_CONNECT('The connect request as JSON.'), TOKEN],
    ),
  },
  '/emulation': {
    post: operation(
      'What a client of a stream says',
      'May go to any process. Answered when it has been handed over; replies come by the stream.',
      {
        requestBody: command({ session: '…', node: '…', data: '{"id":2,"ping":{}}' }),
        responses: {
          '204': { description: 'Handed over' },
          '400': problemResponse('bad_request (107)'),
          '403': problemResponse('The Origin is not allowed'),
          '404': problemResponse('not_found (404): no such session or node'),
          '413': problemResponse('too_long (405): `data` has more than MAX_FRAME_BYTES'),
        },
      },
    ),
  },
});
