/** Files beside messages. They are sent as a form over HTTP (`POST /api/v1/uploads`), never over a connection. */
import { Type, type Static } from 'typebox';
import { Count, Id, Timestamp } from './fields.ts';
import { defineProcedure } from './procedure.ts';

const Size = Type.Integer({ minimum: 1 });

/** What `POST /api/v1/uploads` answers. */
export const UploadView = Type.Object({
  id: Type.String(),
  conversation_id: Type.String(),
  name: Type.String({ description: 'As the sender called it, made safe.' }),
  mime: Type.String({ description: 'What the content is, whatever it was declared as.' }),
  kind: Type.Union([Type.Literal('image'), Type.Literal('voice'), Type.Literal('file')], {
    description: 'Images, sound, everything else.',
  }),
  size: Type.Integer({ minimum: 1, description: 'Bytes.' }),
  width: Type.Optional(Size),
  height: Type.Optional(Size),
  duration_ms: Type.Optional(Count),
  created_at: Timestamp,
});

export const uploadExample = {
  id: 'u_1',
  conversation_id: 'c_1',
  name: 'cat.png',
  mime: 'image/png',
  kind: 'image',
  size: 20_480,
  width: 640,
  height: 480,
  created_at: '2026-11-20T10:00:00.000Z',
} satisfies Static<typeof UploadView>;

export const uploadGet = defineProcedure({
  name: 'upload.get',
  summary: 'A file of one of my conversations, with a link to it',
  description:
    'The link needs no log-in and expires; whoever is a member when asking gets one. It answers range requests.',
  access: 'user-or-backend',
  input: Type.Object({ upload_id: Id }, { additionalProperties: false }),
  output: Type.Object({
    ...UploadView.properties,
    url: Type.String({ description: 'A path of this server.' }),
    expires_at: Timestamp,
  }),
  errors: ['not_found'],
  http: { method: 'GET', path: '/api/v1/uploads/{upload_id}' },
  example: {
    input: { upload_id: 'u_1' },
    output: {
      ...uploadExample,
      url: '/api/v1/uploads/u_1/content?expires=1795176000&signature=c2ln',
      expires_at: '2026-11-20T11:00:00.000Z',
    },
  },
});
