/** How the operator wants clients to connect. */
import { Type } from 'typebox';
import { defineProcedure } from './procedure.ts';

const Milliseconds = Type.Integer({ minimum: 0, description: 'Milliseconds.' });

export const clientSettings = defineProcedure({
  name: 'client.settings',
  summary: 'How clients should connect and come back',
  description: 'Asked for once at the start; a client that gets no answer has the same defaults.',
  access: 'anyone',
  input: Type.Object({}, { additionalProperties: false }),
  output: Type.Object({
    connection_timeout_ms: Milliseconds,
    heartbeat_interval_ms: Milliseconds,
    max_reconnect_attempts: Type.Integer({
      minimum: 0,
      description: 'In a row without success; then the user is asked.',
    }),
    reconnect_min_ms: Milliseconds,
    reconnect_max_ms: Milliseconds,
    demo_login: Type.Optional(
      Type.Boolean({
        description: 'True where `POST /api/demo/login` hands out tokens: in development.',
      }),
    ),
  }),
  errors: [],
  http: { method: 'GET', path: '/api/v1/client-settings' },
  example: {
    input: {},
    output: {
      connection_timeout_ms: 20_000,
      heartbeat_interval_ms: 30_000,
      max_reconnect_attempts: 15,
      reconnect_min_ms: 2_000,
      reconnect_max_ms: 30_000,
    },
  },
});
